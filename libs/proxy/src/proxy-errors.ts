import { isLocalExhaustion, LocalResourcesError } from '@slipstream/balancer';
import { InvalidInputError, SlipstreamError, messageOf } from '@slipstream/contracts';
import { Http1Error } from '@slipstream/http1';
import { isHeadersTimeout, isRefusedHere, WrongProtocolError } from '@slipstream/upstream';

/** A backend could not be reached, or broke off before it answered. */
export class BackendUnreachableError extends SlipstreamError {
  constructor(backend: string, cause: unknown) {
    super('backend_unreachable', 'The chat is unreachable; try again in a few seconds.', {
      cause,
      retryAfterSeconds: 2,
      context: { backend, reason: messageOf(cause) },
    });
  }
}

/** A backend did not begin to answer in time. */
export class BackendTimeoutError extends SlipstreamError {
  constructor(backend: string, cause: unknown) {
    super('backend_timeout', 'The chat took too long to answer; try again later.', {
      cause,
      context: { backend },
    });
  }
}

/** A backend answered with something that is not HTTP. */
export class BackendAnswerError extends SlipstreamError {
  constructor(backend: string, cause: unknown) {
    super(
      'backend_bad_answer',
      "The chat sent an answer that can't be forwarded; try again, and inform your administrator if this repeats.",
      { cause, context: { backend, reason: messageOf(cause) } },
    );
  }
}

/** The request has passed this gateway before: the address of a backend leads back here. */
export class RequestLoopError extends SlipstreamError {
  constructor() {
    super(
      'request_loop',
      'The request returned to this gateway, because the URL of a backend leads back to it. Correct that URL.',
    );
  }
}

/** No backend may get this request, because it is invalid, such as one with two Host fields. */
export class UnforwardableRequestError extends InvalidInputError {
  constructor(cause: unknown) {
    super(
      'request_not_forwardable',
      `The request can't be forwarded (${messageOf(cause)}); correct it and send it again.`,
      { cause },
    );
  }
}

const NO_ANSWER: ReadonlySet<string> = new Set([
  'http1_malformed',
  'http1_head_too_large',
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_HTTP_INVALID_STATUS_CODE',
  'ERR_HTTP2_STATUS_INVALID',
  'ERR_HTTP2_INVALID_CONNECTION_HEADERS',
]);

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');

/** Returns the error for a failed exchange with a backend. */
export function toProxyError(backend: string, error: unknown): SlipstreamError {
  if (error instanceof SlipstreamError && !(error instanceof Http1Error)) return error;
  if (isLocalExhaustion(error)) return new LocalResourcesError(backend, error);
  if (isRefusedHere(error)) return new UnforwardableRequestError(error);
  if (isHeadersTimeout(error)) return new BackendTimeoutError(backend, error);
  if (error instanceof WrongProtocolError || NO_ANSWER.has(codeOf(error)))
    return new BackendAnswerError(backend, error);
  return new BackendUnreachableError(backend, error);
}
