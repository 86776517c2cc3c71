import { SlipstreamError, type ErrorCode, type SlipstreamErrorOptions } from '@slipstream/contracts';

/**
 * A channel could not deliver. `isRetryable` separates temporary from permanent failures; `retryAfterSeconds` is the
 * receiver's own value.
 */
export class DeliveryError extends SlipstreamError {
  /** Status of the receiver's answer: HTTP or SMTP. Absent without an answer. */
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
