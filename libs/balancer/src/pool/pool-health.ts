import type { Backend } from '../backend.js';
import { UNPROVEN, type BackendHealth } from '../health/backend-health.js';
import { HealthChecker, type CheckResult, type HealthCheckOptions } from '../health/health-checker.js';
import type { Ejection } from '../outliers/ejection.js';
import { OutlierDetector } from '../outliers/outlier-detector.js';
import type { LeaseAnswer, LeaseEnd, LeaseOutcome } from './lease.js';
import type { PoolHealthOptions } from './load-balancer-options.js';
import type { PooledBackend } from './pooled-backend.js';
import { SlowStart } from './slow-start.js';

/** Parts of the pool that its health uses. */
export interface PoolHealthPorts {
  /** All backends of the pool, by URL. */
  pooledBackends: ReadonlyMap<string, PooledBackend>;
  /** Number of backends in use. */
  inUse: () => number;
  /** Called if a backend may be used now, or no longer. */
  onChange: () => void;
  /** Called after a change of a backend's weight. */
  onWeight: (pooled: PooledBackend) => void;
  /** Monotonic, in ms. */
  now: () => number;
}

/**
 * Decides by health checks and by the answers to requests which backends of a pool may be used, and logs each change.
 */
export class PoolHealth {
  private readonly checker?: HealthChecker;
  private readonly detector?: OutlierDetector;
  private readonly slowStart: SlowStart;

  constructor(
    private readonly options: PoolHealthOptions,
    private readonly ports: PoolHealthPorts,
  ) {
    const { healthCheck, outliers, slowStartMs = 0, onCheck } = options;
    this.slowStart = new SlowStart(slowStartMs, ports.now, ports.onWeight);
    if (healthCheck)
      this.checker = new HealthChecker(healthCheck, {
        onResult: onCheck,
        onChange: (...change) => this.onHealthChange(...change),
        onUnmade: (url) => this.onUnmadeCheck(url),
      });
    if (outliers)
      this.detector = new OutlierDetector(outliers, {
        pooledBackends: () => ports.pooledBackends.values(),
        now: ports.now,
        onChange: (pooled) => this.onEjectionChange(pooled),
      });
  }

  /** Begins the health checks, the first of each backend at once. */
  start(): void {
    this.checker?.start();
  }

  /** Replaces the options of the health checks, if the pool has any. */
  setChecks(options: HealthCheckOptions): void {
    this.checker?.setOptions(options);
  }

  setSlowStart(slowStartMs: number): void {
    this.slowStart.setDuration(slowStartMs);
  }

  /** Ends the checks. */
  async close(): Promise<void> {
    this.slowStart.close();
    this.detector?.close();
    await this.checker?.close();
  }

  /** Checks a backend from now on. Its state stays. */
  watch(backend: Backend): void {
    this.checker?.watch(backend);
  }

  /** Follows a change of a backend's settings, including its weight. */
  reweigh(pooled: PooledBackend): void {
    this.slowStart.reweigh(pooled);
  }

  /** Drops the state of a backend that has left the pool. */
  forget(pooled: PooledBackend): void {
    this.checker?.unwatch(pooled.id);
    this.detector?.forget(pooled);
    this.slowStart.forget(pooled);
  }

  of = (url: string): BackendHealth => this.checker?.healthOf(url) ?? UNPROVEN;

  /** Another gateway or process has checked a backend. */
  reportCheck(url: string, result: CheckResult): void {
    this.checker?.reportResult(url, result);
  }

  answered(pooled: PooledBackend, { isError, atMs, halfOpen }: LeaseAnswer): void {
    const isJudged = isError || this.options.usesWholeAnswers !== true;
    if (isJudged && this.isIn(pooled)) this.detector?.report(pooled, isError, halfOpen, atMs);
  }

  ended(pooled: PooledBackend, { outcome, answer, halfOpen }: LeaseEnd): void {
    if (outcome !== 'ok' && this.isIn(pooled)) this.reportFailure(pooled, outcome, halfOpen);
    else if (this.options.usesWholeAnswers && answer === 'good' && this.isIn(pooled))
      this.detector?.report(pooled, false, halfOpen);
  }

  private reportFailure(pooled: PooledBackend, outcome: LeaseOutcome, halfOpen?: Ejection): void {
    if (outcome === 'unreachable' && this.checker) this.checker.reportUnreachable(pooled.id);
    else this.detector?.report(pooled, true, halfOpen);
  }

  /** A lease may outlive its backend in the pool. Its end says nothing about a newer backend with the same URL. */
  private isIn(pooled: PooledBackend): boolean {
    return this.ports.pooledBackends.get(pooled.id) === pooled;
  }

  private onHealthChange(url: string, before: BackendHealth, now: BackendHealth): void {
    const pooled = this.ports.pooledBackends.get(url);
    if (!pooled) return;
    const isRecovered = before.state === 'unhealthy';
    if (isRecovered) {
      this.detector?.reset(pooled);
      this.slowStart.begin(pooled);
    }
    this.ports.onChange();
    if (now.state === 'unhealthy') this.log('warn', pooled, 'backend is unhealthy', { reason: now.reason });
    else if (isRecovered) this.log('info', pooled, 'backend is healthy again');
  }

  private onUnmadeCheck(url: string): void {
    this.options.logger.warn(
      { pool: this.options.name, backend: url },
      'health check skipped: this machine is out of file descriptors, ports or memory; the backend keeps its state',
    );
  }

  private onEjectionChange(pooled: PooledBackend): void {
    const { ejection } = pooled;
    if (ejection.state === 'admitted') this.slowStart.begin(pooled);
    this.ports.onChange();
    if (ejection.state === 'ejected')
      this.log('warn', pooled, 'backend is ejected', {
        reason: ejection.reason,
        forMs: Math.round(ejection.untilMs - this.ports.now()),
      });
    else if (ejection.state === 'admitted') this.log('info', pooled, 'backend passed its half-open request');
  }

  private log(level: 'info' | 'warn', { id }: PooledBackend, message: string, facts: object = {}): void {
    const { pooledBackends, inUse } = this.ports;
    this.options.logger[level](
      { pool: this.options.name, backend: id, inUse: inUse(), of: pooledBackends.size, ...facts },
      message,
    );
  }
}
