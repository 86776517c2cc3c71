/** How fast old figures fade: to 1/e in this time. Finagle's default. */
const DECAY_MS = 10_000;

/**
 * Latency as an exponentially weighted moving average that jumps to every peak at once and forgets it slowly (Finagle's
 * peak EWMA), so that a backend that begins to hang is noticed by its first slow answer.
 */
export class PeakEwma {
  private valueMs = 0;
  private atMs = 0;

  observe(latencyMs: number, nowMs: number): void {
    if (latencyMs >= this.valueMs) this.valueMs = latencyMs;
    else this.valueMs = latencyMs + (this.valueMs - latencyMs) * Math.exp((this.atMs - nowMs) / DECAY_MS);
    this.atMs = nowMs;
  }

  /** In ms; 0 before the first observation. */
  get latencyMs(): number {
    return this.valueMs;
  }
}
