import type { PooledBackend } from './pooled-backend.js';

/** Part of its weight that a backend has when it comes back. */
const FIRST_SHARE = 0.1;
/** Steps in which it gets the rest. */
const STEPS = 20;

/** A recovered backend's part of its weight: from a tenth to all of it, in a straight line. */
export const slowStartShare = (elapsedMs: number, slowStartMs: number): number =>
  Math.min(1, Math.max(FIRST_SHARE, elapsedMs / slowStartMs));

/**
 * Gives recovered backends their load back little by little, while their caches fill and their connections are made.
 */
export class SlowStart {
  private readonly starting = new Set<PooledBackend>();
  private timer?: NodeJS.Timeout;

  /**
   * @param slowStartMs 0: at once
   * @param now monotonic, in ms
   * @param onWeight the weight of a member has changed
   */
  constructor(
    private slowStartMs: number,
    private readonly now: () => number,
    private readonly onWeight: (pooled: PooledBackend) => void = () => {},
  ) {}

  /** For the backends that recover from now on; those that do are at their full weight. */
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

  /** Sets the weight that it has now. */
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
