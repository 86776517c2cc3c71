import { SlipstreamError, type ErrorCode, type SlipstreamErrorOptions } from '@slipstream/contracts';

/**
 * A channel could not deliver. `isRetryable` tells a failure in passing from one for good; `retryAfterSeconds` is what
 * the receiver asked for.
 */
export class DeliveryError extends SlipstreamError {
  /** Status of the receiver's answer: HTTP or SMTP. Absent when there was none. */
  readonly status?: number;

  constructor(
    code: ErrorCode,
    message: string,
    { status, ...options }: SlipstreamErrorOptions & { status?: number } = {},
  ) {
    super(code, message, options);
    this.status = status;
  }
}
