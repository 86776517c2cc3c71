/** Bucket limits grow by this factor, so a quantile is at most 12 % off. */
const GROWTH = 1.25;
const FIRST_MS = 0.1;
const BUCKETS = 64;

/** Quantiles of durations from 0.1 ms to 2 minutes in 64 counters. */
export class DurationSketch {
  count = 0;
  totalMs = 0;
  maxMs = 0;
  private readonly buckets = new Uint32Array(BUCKETS);

  add(ms: number): void {
    const bucket = ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) / Math.log(GROWTH));
    this.buckets[Math.min(bucket, BUCKETS - 1)]! += 1;
    this.count += 1;
    this.totalMs += ms;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  /** @param quantile 0 to 1. @returns ms, an upper bound; 0 without any duration */
  quantile(quantile: number): number {
    let left = Math.ceil(quantile * this.count);
    if (left === 0) return 0;
    const bucket = this.buckets.findIndex((count) => (left -= count) <= 0);
    return Math.min(this.maxMs, FIRST_MS * GROWTH ** bucket);
  }
}
