/** Options of {@link RetryBudget}. */
export interface RetryBudgetOptions {
  /** Retries per request. Default 0.2. */
  ratio?: number;
  /** Retries per second that are allowed however few requests there are. Default 10. */
  minPerSecond?: number;
}

/** What a busy pool may save up: enough for the requests under way when a backend dies, too little for a storm. */
const MAX_SAVED = 100;

/**
 * Bounds retries by the requests there are, so that a pool in trouble is not finished off by its own retries (Finagle's
 * retry budget): a token bucket into which every request pays a part of a retry, and time a few.
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

  /** A request begins. */
  deposit(): void {
    this.tokens = Math.min(MAX_SAVED + this.minPerSecond, this.tokens + this.ratio);
  }

  /** @returns whether one retry may be made; it is paid for then */
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
