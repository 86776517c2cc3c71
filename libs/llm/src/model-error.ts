import { SlipstreamError, type SlipstreamErrorOptions } from '@slipstream/contracts';

/** Whether the same call may succeed later, by what went wrong. */
const IS_RETRYABLE = {
  /** No server that we know of has this model. */
  model_not_found: false,
  /** The server refused the request (4xx): it will again. */
  model_rejected: false,
  /** The server failed (5xx), broke off, or sent what can't be understood. */
  model_failed: true,
  /** The server has too much to do (429). */
  model_rate_limited: true,
  /** Nothing came within `firstTokenTimeoutMs`. */
  model_first_token_timeout: true,
  /** The answer began, then nothing came for `stallTimeoutMs`. */
  model_stalled: true,
  /** The answer's text outgrew `maxResponseBytes`: it will again. */
  model_answer_too_large: false,
} as const;

/** Options of {@link ModelError}. */
export interface ModelErrorOptions extends SlipstreamErrorOptions {
  /** `finish_reason` by which the server said that it gave up. */
  finishReason?: string;
}

export type ModelErrorCode = keyof typeof IS_RETRYABLE;

/** A model server did not give what it was asked for. */
export class ModelError extends SlipstreamError {
  declare readonly code: ModelErrorCode;
  readonly finishReason?: string;

  constructor(code: ModelErrorCode, message: string, { finishReason, ...options }: ModelErrorOptions = {}) {
    super(code, message, { isRetryable: IS_RETRYABLE[code], ...options });
    this.finishReason = finishReason;
  }
}
