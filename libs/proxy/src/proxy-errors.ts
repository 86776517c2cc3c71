import { errors } from 'undici';
import { SlipstreamError, messageOf } from '@slipstream/contracts';

/** A backend could not be reached, or broke off before it answered. */
export class BackendUnreachableError extends SlipstreamError {
  constructor(backend: string, cause: unknown) {
    super('backend_unreachable', 'The web application could not be reached; try again in a few seconds.', {
      cause,
      isRetryable: true,
      retryAfterSeconds: 2,
      context: { backend, reason: messageOf(cause) },
    });
  }
}

/** A backend did not begin to answer in time. */
export class BackendTimeoutError extends SlipstreamError {
  constructor(backend: string, cause: unknown) {
    super('backend_timeout', 'The web application took too long to answer.', { cause, isRetryable: true, context: { backend } });
  }
}

/** A backend answered with something that is not HTTP. */
export class BackendAnswerError extends SlipstreamError {
  constructor(backend: string, cause: unknown) {
    super('backend_bad_answer', 'The web application gave an answer that can\'t be passed on.', { cause, context: { backend, reason: messageOf(cause) } });
  }
}

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const CONNECT_FAILURES = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

const codeOf = (error: unknown): string => String((error as { code?: unknown })?.code ?? '');

/** The request was never delivered: nobody listens there. */
export const isConnectFailure = (error: unknown): boolean => CONNECT_FAILURES.has(codeOf(error));

/** What a failed exchange with a backend is called. */
export function toProxyError(backend: string, error: unknown): SlipstreamError {
  if (error instanceof SlipstreamError) return error;
  const code = codeOf(error);
  if (TIMEOUTS.has(code)) return new BackendTimeoutError(backend, error);
  if (error instanceof errors.HTTPParserError || error instanceof TypeError) return new BackendAnswerError(backend, error);
  return new BackendUnreachableError(backend, error);
}
