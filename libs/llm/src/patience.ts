import type { ModelError } from './model-error.js';

/** Ends a wait for a model that takes too long: aborts {@link signal} with the error that says so. */
export class Patience {
  private readonly controller = new AbortController();
  private timer?: NodeJS.Timeout;

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Begins a wait of at most `limitMs`, in place of the one before. */
  begin(limitMs: number, createError: () => ModelError): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.controller.abort(createError()), limitMs);
  }

  /** The wait is over: time that the reader takes is not the model's. */
  end(): void {
    clearTimeout(this.timer);
  }
}
