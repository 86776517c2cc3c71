import type { PooledBackend } from './pooled-backend.js';

/** First part of the weight after a recovery. */
const FIRST_SHARE = 0.1;
/** Steps to the full weight. */
const STEPS = 20;

/** Part of its weight that a recovered backend has: from a tenth to all of it, linearly. */
export const slowStartShare = (elapsedMs: number, slowStartMs: number): number =>
  Math.min(1, Math.max(FIRST_SHARE, elapsedMs / slowStartMs));

/** Raises the weight of recovered backends step by step, while their caches fill and their connections are made. */
export class SlowStart {
  private readonly starting = new Set<PooledBackend>();
  private timer?: NodeJS.Timeout;

  /**
   * @param slowStartMs 0: at once
   * @param now monotonic, in ms
   * @param onWeight called after a change of a backend's weight
   */
  constructor(
    private slowStartMs: number,
    private readonly now: () => number,
    private readonly onWeight: (pooled: PooledBackend) => void = () => {},
  ) {}

  /** Replaces the duration for future recoveries. Backends in a slow start get their full weight. */
  setDuration(slowStartMs: number): void {
    if (slowStartMs === this.slowStartMs) return;
    this.slowStartMs = slowStartMs;
    for (const pooled of [...this.starting]) {
      this.forget(pooled);
      this.reweigh(pooled);
    }
  }

  begin(pooled: PooledBackend): void {
    if (this.slowStartMs === 0) return;
    pooled.recoveredAtMs = this.now();
    this.starting.add(pooled);
    this.reweigh(pooled);
    this.timer ??= setInterval(() => this.step(), Math.max(1, this.slowStartMs / STEPS)).unref();
  }

  /** Sets the current weight. */
  reweigh(pooled: PooledBackend): void {
    const { backend, recoveredAtMs } = pooled;
    const share = recoveredAtMs === undefined ? 1 : slowStartShare(this.now() - recoveredAtMs, this.slowStartMs);
    pooled.weight = backend.weight * share;
    this.onWeight(pooled);
    if (share === 1) this.forget(pooled);
  }

  forget(pooled: PooledBackend): void {
    pooled.recoveredAtMs = undefined;
    this.starting.delete(pooled);
    if (this.starting.size === 0) this.close();
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private step(): void {
    for (const pooled of this.starting) this.reweigh(pooled);
  }
}
