/**
 * Limits the lines per second. Above the limit, one of n requests has a line. The rate of the second before determines
 * n. The lines of a second never exceed the limit.
 */
export class LineBudget {
  private second = 0;
  private offered = 0;
  private taken = 0;
  private every = 1;

  constructor(private readonly maxPerSecond: number) {}

  /** @returns how many requests the line stands for; 0: no line */
  take(nowMs: number): number {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.second) this.begin(second);
    this.offered += 1;
    if (this.offered % this.every !== 0 || this.taken >= this.maxPerSecond) return 0;
    this.taken += 1;
    return this.every;
  }

  private begin(second: number): void {
    const rate = second === this.second + 1 ? this.offered : 0;
    this.every = Math.max(1, Math.ceil(rate / this.maxPerSecond));
    this.second = second;
    this.offered = 0;
    this.taken = 0;
  }
}
