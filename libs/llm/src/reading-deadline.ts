import type { AnswerReader } from '@slipstream/upstream';
import type { ModelError } from './model-error.js';

/** Ends the reading of an answer that takes too long, with the error that says so. */
export class ReadingDeadline {
  private timer?: NodeJS.Timeout;

  constructor(private readonly reader: AnswerReader) {}

  /**
   * Begins a wait of at most `limitMs`, in place of the one before.
   * @param isServersFault whether a longer wait counts as a failure of the server. Default true
   */
  begin(limitMs: number, createError: () => ModelError, isServersFault = true): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reader.fail(createError(), isServersFault), limitMs);
  }

  /** The wait is over: time that the reader takes is not the model's. */
  end(): void {
    clearTimeout(this.timer);
  }
}
