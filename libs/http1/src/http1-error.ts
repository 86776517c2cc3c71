import { SlipstreamError, type ErrorCode } from '@slipstream/contracts';

/** Codes of errors between a request and the end of its answer. The error table describes each. */
export type Http1ErrorCode = Extract<ErrorCode, `http1_${string}`>;

/** Base of all errors of this client; `code` distinguishes them. */
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

/** Thrown by `dispatch` before anything is sent. */
export class Http1RequestError extends Http1Error {
  constructor(what: string) {
    super('http1_request_invalid', `The request can't be sent: ${what}; correct it.`, { context: { what } });
  }
}

/** @param what the first defect, without any bytes of the answer, which may be confidential */
export const malformed = (what: string): Http1Error =>
  new Http1Error('http1_malformed', `The answer is invalid: ${what}; check the origin.`, {
    context: { what },
  });

/** @param part head or trailer */
export const tooLarge = (part: string, limit: string): Http1Error =>
  new Http1Error('http1_head_too_large', `The answer's ${part} is larger than ${limit}; check the origin.`, {
    context: { part, limit },
  });
