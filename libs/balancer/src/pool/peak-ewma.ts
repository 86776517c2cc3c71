/** Time in which old values decay to 1/e. Finagle's default. */
const DECAY_MS = 10_000;

/**
 * Latency as an exponentially weighted moving average that follows every peak at once and decays slowly (Finagle's peak
 * EWMA). So the first slow answer of a backend shows that it hangs.
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
