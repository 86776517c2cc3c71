import { SlipstreamError, type ErrorCode, type SlipstreamErrorOptions } from '@slipstream/contracts';

/** Options of {@link ModelError}. */
export interface ModelErrorOptions extends SlipstreamErrorOptions {
  /** `finish_reason` of a server that gave up. */
  finishReason?: string;
}

/** `model_missing` is a caller's error. */
export type ModelErrorCode = Exclude<Extract<ErrorCode, `model_${string}`>, 'model_missing'>;

/** A model server did not deliver the requested answer. */
export class ModelError extends SlipstreamError {
  declare readonly code: ModelErrorCode;
  readonly finishReason?: string;

  constructor(code: ModelErrorCode, message: string, { finishReason, ...options }: ModelErrorOptions = {}) {
    super(code, message, options);
    this.finishReason = finishReason;
  }
}
