import type { AnswerReader } from '@slipstream/upstream';
import type { ModelError } from './model-error.js';

/** Ends the reading of an answer that takes too long, with its error. */
export class ReadingDeadline {
  private timer?: NodeJS.Timeout;

  constructor(private readonly reader: AnswerReader) {}

  /**
   * Starts a deadline of `limitMs`, which replaces the earlier one.
   * @param isServerFailure whether it counts as a failure of the server. Default true
   */
  begin(limitMs: number, createError: () => ModelError, isServerFailure = true): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reader.fail(createError(), isServerFailure), limitMs);
  }

  /** Ends the deadline: time that the receiver takes is not the model's. */
  end(): void {
    clearTimeout(this.timer);
  }
}
