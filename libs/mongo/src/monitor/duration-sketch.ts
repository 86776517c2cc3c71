/** Bucket limits grow by this factor, so a quantile is at most 25 % above the real one. */
const GROWTH = 1.25;
const FIRST_MS = 0.1;
const BUCKETS = 64;
const BUCKETS_PER_E = 1 / Math.log(GROWTH);

/** Counts of a sketch as plain JSON. Buckets without a count are left out: `[bucket, count]`. */
export interface SketchCounts {
  buckets: (readonly [bucket: number, count: number])[];
  totalMs: number;
  maxMs: number;
}

/** Quantiles of durations from 0.1 ms to 2 minutes in 64 counters. */
export class DurationSketch {
  count = 0;
  totalMs = 0;
  maxMs = 0;
  private readonly buckets = new Uint32Array(BUCKETS);

  add(ms: number): void {
    const bucket = ms <= FIRST_MS ? 0 : Math.ceil(Math.log(ms / FIRST_MS) * BUCKETS_PER_E);
    this.buckets[Math.min(bucket, BUCKETS - 1)]! += 1;
    this.count += 1;
    this.totalMs += ms;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  /** Adds the counts of another process. Buckets that this version does not have are ignored. */
  merge({ buckets, totalMs, maxMs }: SketchCounts): void {
    for (const [bucket, count] of buckets) {
      if (this.buckets[bucket] === undefined) continue;
      this.buckets[bucket] += count;
      this.count += count;
    }
    this.totalMs += totalMs;
    this.maxMs = Math.max(this.maxMs, maxMs);
  }

  counts(): SketchCounts {
    const buckets = [...this.buckets.entries()].filter(([, count]) => count > 0);
    return { buckets, totalMs: this.totalMs, maxMs: this.maxMs };
  }

  /** @param quantile 0 to 1. @returns ms, an upper bound; 0 without any duration */
  quantile(quantile: number): number {
    let left = Math.ceil(quantile * this.count);
    if (left === 0) return 0;
    const bucket = this.buckets.findIndex((count) => (left -= count) <= 0);
    return Math.min(this.maxMs, FIRST_MS * GROWTH ** bucket);
  }
}
