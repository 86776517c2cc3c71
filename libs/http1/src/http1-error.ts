import { SlipstreamError } from '@slipstream/contracts';

/** What can go wrong between a request and the end of its answer. */
export type Http1ErrorCode =
  /** The request is one that can't be sent as it is: the caller's fault, nothing was sent. */
  | 'http1_request_invalid'
  /** The pool has as many connections as it may. */
  | 'http1_pool_full'
  | 'http1_pool_closed'
  /** No connection could be made: refused, unreachable, unknown name, or a certificate that isn't trusted. */
  | 'http1_connect_failed'
  | 'http1_connect_timeout'
  /** The whole request is there, or the origin takes no more of it, and no answer began in time. */
  | 'http1_headers_timeout'
  /** The connection ended before the first byte of an answer. */
  | 'http1_closed'
  /** The connection ended within an answer. */
  | 'http1_truncated'
  /** The answer is not HTTP/1.1, or its end is ambiguous. */
  | 'http1_malformed'
  /** The answer's head, or the trailer of a chunked one, is larger than is read. */
  | 'http1_head_too_large'
  /** The request's body failed, or is not as long as its Content-Length says. */
  | 'http1_body_failed'
  /** The caller wants no more. */
  | 'http1_aborted';

/** Base of all errors of this client; `code` tells them apart. */
export class Http1Error extends SlipstreamError {
  declare readonly code: Http1ErrorCode;

  constructor(
    code: Http1ErrorCode,
    message: string,
    options?: { cause?: unknown; context?: Readonly<Record<string, unknown>> },
  ) {
    super(code, message, options);
  }
}

/** Thrown by `dispatch`, before anything is sent. */
export class Http1RequestError extends Http1Error {
  constructor(what: string) {
    super('http1_request_invalid', `The request can't be sent: ${what}; mend it.`, { context: { what } });
  }
}

/** @param what the first thing wrong with it, without any of its bytes: they may be somebody's data */
export const malformed = (what: string): Http1Error =>
  new Http1Error('http1_malformed', `The answer can't be used: ${what}; see what the origin sends.`, {
    context: { what },
  });

/** @param part head or trailer */
export const tooLarge = (part: string, limit: string): Http1Error =>
  new Http1Error('http1_head_too_large', `The answer's ${part} is longer than ${limit}; see what the origin sends.`, {
    context: { part, limit },
  });
