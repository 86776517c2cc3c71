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

/** Options of passive health, which is derived from the answers to requests. */
export interface OutlierOptions extends Partial<OutlierRules>, Partial<EjectionTimes> {
  /**
   * Largest part of the pool that may be ejected at a time, 0 to 1. Default 0.5: if all backends share an error,
   * sending all requests to a few of them does not help.
   */
  maxEjectedRatio?: number;
}

/** Parts of the pool that the detector uses. */
export interface OutlierPorts {
  /** All backends of the pool. */
  pooledBackends: () => Iterable<PooledBackend>;
  /** Monotonic, in ms. */
  now: () => number;
  /** Called after each change of a backend's ejection. */
  onChange: (pooled: PooledBackend) => void;
}

/**
 * Ejects backends whose answers are worse than the rules allow. After the ejection, one half-open request decides on
 * their return.
 */
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
   * Records that a request was answered, or has failed, which counts as an error.
   *
   * @param halfOpen the half-open state that this request decides; absent for all other requests, such as those from
   *   before the ejection
   */
  report(pooled: PooledBackend, isError: boolean, halfOpen?: Ejection, atMs = this.ports.now()): void {
    if (this.isClosed) return;
    pooled.errorsInARow = isError ? pooled.errorsInARow + 1 : 0;
    pooled.window = afterRequest(pooled.window, isError, atMs, this.rules.windowMs);
    const { state } = pooled.ejection;
    if (state === 'half-open' && halfOpen === pooled.ejection) this.decideHalfOpen(pooled, isError);
    else if (state === 'admitted') this.applyRules(pooled, isError);
  }

  /** Readmits a backend that has proved healthy by other means. */
  reset(pooled: PooledBackend): void {
    this.forget(pooled);
    Object.assign(pooled, { ejection: ADMITTED, errorsInARow: 0, window: emptyWindow(this.ports.now()) });
  }

  /** Drops the state of a backend that has left the pool. */
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
