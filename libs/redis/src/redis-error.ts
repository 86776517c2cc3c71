import { DependencyUnavailableError, SlipstreamError } from '@slipstream/contracts';

/** Answers by which a server says that it can't serve now, though it can be reached. */
const NOT_SERVING =
  /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOAUTH|WRONGPASS|NOREPLICAS)\b/;

/**
 * Says in the house's words what ioredis threw: everything that means "no usable Redis just now" (lost connection,
 * time-out, a server that is loading, full or read-only) becomes DependencyUnavailableError('redis'); a mistake in the
 * command itself is handed back as it is.
 */
export function toRedisError(error: unknown): unknown {
  return isUnavailability(error) ? new DependencyUnavailableError('redis', { cause: error }) : error;
}

/** What a mistake raises, in a program or in what was stored. */
const NOT_A_CONNECTION_ERROR = [TypeError, RangeError, SyntaxError, SlipstreamError];

/** Whether this is the server's own answer, rather than the lack of one. */
export const isReplyError = (error: unknown): error is Error => error instanceof Error && error.name === 'ReplyError';

function isUnavailability(error: unknown): boolean {
  if (isReplyError(error)) return NOT_SERVING.test(error.message);
  // ioredis has no class for its connection errors: they are plain errors, unlike what a programming mistake raises.
  return error instanceof Error && !NOT_A_CONNECTION_ERROR.some((type) => error instanceof type);
}
