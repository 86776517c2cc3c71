import { DependencyUnavailableError, SlipstreamError } from '@slipstream/contracts';

/** Answers of a server that is reachable but can't serve now. */
const NOT_SERVING =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOAUTH|WRONGPASS|NOREPLICAS)\b/;

/**
 * Maps errors of ioredis. Every error that means "no usable Redis now" (lost connection, timeout, a server that is
 * loading, full or read-only) becomes DependencyUnavailableError('redis'). A mistake in the command itself is returned
 * unchanged.
 */
export function toRedisError(error: unknown): unknown {
  return isUnavailability(error) ? new DependencyUnavailableError('redis', { cause: error }) : error;
}

/** Errors of a mistake, in a program or in stored data. */
const NOT_A_CONNECTION_ERROR = [TypeError, RangeError, SyntaxError, SlipstreamError];

/** Whether this is an answer of the server, rather than a missing one. */
export const isReplyError = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError';

function isUnavailability(error: unknown): boolean {
  if (isReplyError(error)) return NOT_SERVING.test(error.message);
  // ioredis has no class for its connection errors: they are plain errors, unlike those of programming mistakes.
  return error instanceof Error && !NOT_A_CONNECTION_ERROR.some((type) => error instanceof type);
}
