/** Upper bounds of duration buckets, in seconds: from a cache hit to a long generation. */
export const DURATION_BOUNDS_SECONDS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

/** Counts of durations by bucket, with a few additions per duration. */
export class DurationHistogram {
  /** One per bound, and one above all bounds; not cumulative. */
  readonly counts = new Array<number>(DURATION_BOUNDS_SECONDS.length + 1).fill(0);
  sumSeconds = 0;

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < DURATION_BOUNDS_SECONDS.length && seconds > DURATION_BOUNDS_SECONDS[bucket]!) bucket += 1;
    this.counts[bucket]! += 1;
    this.sumSeconds += seconds;
  }
}
