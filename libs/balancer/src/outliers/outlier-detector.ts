import type { PooledBackend } from '../pool/pooled-backend.js';
import {
  ADMITTED,
  admitted,
  DEFAULT_EJECTION_TIMES,
  ejected,
  halfOpened,
  type Ejection,
  type EjectionTimes,
} from './ejection.js';
import { afterRequest, emptyWindow } from './failure-window.js';
import { DEFAULT_OUTLIER_RULES, whyOutlier, type OutlierRules } from './outlier-rules.js';

/** Options of passive health: what is learnt from the requests themselves. */
export interface OutlierOptions extends Partial<OutlierRules>, Partial<EjectionTimes> {
  /**
   * At most this part of the pool is out at a time, 0 to 1. Default 0.5: a fault that all share is not cured by sending
   * all to a few.
   */
  maxEjectedRatio?: number;
}

/** What the detector stands on. */
export interface OutlierPorts {
  /** All of the pool. */
  pooledBackends: () => Iterable<PooledBackend>;
  /** Monotonic, in ms. */
  now: () => number;
  /** After each change of a member's ejection. */
  onChange: (pooled: PooledBackend) => void;
}

/** Takes backends that answer worse than they should out of the pool for a while, and lets them back by a trial. */
export class OutlierDetector {
  private readonly rules: OutlierRules & EjectionTimes & { maxEjectedRatio: number };
  private readonly returns = new Map<PooledBackend, NodeJS.Timeout>();
  private isClosed = false;

  constructor(
    options: OutlierOptions,
    private readonly ports: OutlierPorts,
  ) {
    this.rules = { ...DEFAULT_OUTLIER_RULES, ...DEFAULT_EJECTION_TIMES, maxEjectedRatio: 0.5, ...options };
  }

  /**
   * A request has been answered, well or not; or it has failed, which is an error too.
   *
   * @param halfOpen of which it was the request: only that one decides it, not those from before the ejection
   */
  report(pooled: PooledBackend, isError: boolean, halfOpen?: Ejection, atMs = this.ports.now()): void {
    if (this.isClosed) return;
    pooled.errorsInARow = isError ? pooled.errorsInARow + 1 : 0;
    pooled.window = afterRequest(pooled.window, isError, atMs, this.rules.windowMs);
    const { state } = pooled.ejection;
    if (state === 'half-open' && halfOpen === pooled.ejection) this.decideHalfOpen(pooled, isError);
    else if (state === 'admitted') this.applyRules(pooled, isError);
  }

  /** It has proved by other means that it is well. */
  reset(pooled: PooledBackend): void {
    this.forget(pooled);
    Object.assign(pooled, { ejection: ADMITTED, errorsInARow: 0, window: emptyWindow(this.ports.now()) });
  }

  /** It has left the pool. */
  forget(pooled: PooledBackend): void {
    clearTimeout(this.returns.get(pooled));
    this.returns.delete(pooled);
  }

  close(): void {
    this.isClosed = true;
    for (const timer of this.returns.values()) clearTimeout(timer);
    this.returns.clear();
  }

  private applyRules(pooled: PooledBackend, isError: boolean): void {
    if (!isError && this.rules.latencyFactor === 0) return;
    const { errorsInARow, window, latencyMs } = pooled;
    const why = whyOutlier(
      { errorsInARow, window, latencyMs, medianLatencyMs: this.medianLatencyOfOthers(pooled) },
      this.rules,
    );
    if (why !== undefined && this.mayEject()) this.eject(pooled, why);
  }

  private decideHalfOpen(pooled: PooledBackend, isError: boolean): void {
    if (isError) return this.eject(pooled, 'its half-open request failed');
    pooled.ejection = admitted(pooled.ejection, this.ports.now());
    this.ports.onChange(pooled);
  }

  private eject(pooled: PooledBackend, reason: string): void {
    const nowMs = this.ports.now();
    const ejection = ejected(pooled.ejection, reason, nowMs, this.rules);
    Object.assign(pooled, { ejection, errorsInARow: 0, window: emptyWindow(nowMs), ejections: pooled.ejections + 1 });
    if (ejection.state === 'ejected')
      this.returns.set(pooled, setTimeout(() => this.tryAgain(pooled), ejection.untilMs - nowMs).unref());
    this.ports.onChange(pooled);
  }

  private tryAgain(pooled: PooledBackend): void {
    this.returns.delete(pooled);
    pooled.ejection = halfOpened(pooled.ejection);
    this.ports.onChange(pooled);
  }

  private mayEject(): boolean {
    const pooledBackends = [...this.ports.pooledBackends()];
    const out = pooledBackends.filter(({ ejection }) => ejection.state !== 'admitted').length;
    return out + 1 <= pooledBackends.length * this.rules.maxEjectedRatio;
  }

  private medianLatencyOfOthers(pooled: PooledBackend): number {
    if (this.rules.latencyFactor === 0) return 0;
    const known = [...this.ports.pooledBackends()]
      .filter((other) => other !== pooled && other.latencyMs > 0)
      .map(({ latencyMs }) => latencyMs);
    return known.sort((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0;
  }
}
