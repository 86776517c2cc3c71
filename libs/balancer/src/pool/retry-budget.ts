/** Options of {@link RetryBudget}. */
export interface RetryBudgetOptions {
  /** Retries per request. Default 0.2. */
  ratio?: number;
  /** Retries per second that are allowed in any case. Default 10. */
  minPerSecond?: number;
}

/** Largest balance: enough for the running requests of a failing backend, too little for a retry storm. */
const MAX_SAVED = 100;

/**
 * Limits retries to a part of the requests, so that retries do not overload a failing pool (Finagle's retry budget).
 * Each request deposits a part of a retry into a token bucket, and so does each second.
 */
export class RetryBudget {
  private readonly ratio: number;
  private readonly minPerSecond: number;
  private tokens: number;
  private filledAtMs: number;

  /** @param now monotonic, in ms */
  constructor(
    { ratio = 0.2, minPerSecond = 10 }: RetryBudgetOptions,
    private readonly now: () => number,
  ) {
    this.ratio = ratio;
    this.minPerSecond = minPerSecond;
    this.tokens = minPerSecond;
    this.filledAtMs = now();
  }

  /** Counts the start of a request. */
  deposit(): void {
    this.tokens = Math.min(MAX_SAVED + this.minPerSecond, this.tokens + this.ratio);
  }

  /** @returns whether a retry is allowed; it is withdrawn from the budget then */
  withdraw(): boolean {
    const nowMs = this.now();
    if (this.tokens < this.minPerSecond)
      this.tokens = Math.min(this.minPerSecond, this.tokens + ((nowMs - this.filledAtMs) / 1000) * this.minPerSecond);
    this.filledAtMs = nowMs;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
