import { messageOf } from '@slipstream/contracts';
import type { Backend } from './backend.js';
import { afterFailedCheck, afterPassedCheck, afterUnreachable, isSettled, UNPROVEN, type BackendHealth, type HealthThresholds } from './backend-health.js';
import { nextCheckDelayMs } from './check-schedule.js';
import { runProbe, type Probe } from './probe.js';

/** Options of the active checks of a pool. */
export interface HealthCheckOptions extends Partial<HealthThresholds> {
  probe: Probe;
  /** Between the checks of a backend that is settled; one in doubt is asked sooner. Default 30000, minimum 1. */
  intervalMs?: number;
  /** How long one check may take, from its start. Default 5000, minimum 1. */
  timeoutMs?: number;
  /** Source of jitter, in [0, 1). Default `Math.random`. */
  random?: () => number;
}

interface Watch {
  readonly backend: Backend;
  health: BackendHealth;
  doubtfulChecks: number;
  timer?: NodeJS.Timeout;
  check?: Promise<void>;
}

const DEFAULTS = { intervalMs: 30_000, timeoutMs: 5_000, healthyThreshold: 2, unhealthyThreshold: 2, random: Math.random };

/** Asks every backend in turn, the first time at once, and keeps what it learns. */
export class HealthChecker {
  private readonly options: Required<HealthCheckOptions>;
  private readonly watches: ReadonlyMap<Backend, Watch>;
  private readonly stop = new AbortController();

  /** @param onChange told after each change of a backend's health */
  constructor(
    backends: readonly Backend[],
    options: HealthCheckOptions,
    private readonly onChange: (backend: Backend, before: BackendHealth, now: BackendHealth) => void,
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.watches = new Map(backends.map((backend) => [backend, { backend, health: UNPROVEN, doubtfulChecks: 0 }]));
  }

  start(): void {
    for (const watch of this.watches.values()) this.beginCheck(watch);
  }

  healthOf(backend: Backend): BackendHealth {
    return this.watches.get(backend)?.health ?? UNPROVEN;
  }

  /** A request could not be delivered to this backend. */
  reportUnreachable(backend: Backend): void {
    const watch = this.watches.get(backend);
    if (!watch || watch.health.state === 'unhealthy') return;
    watch.doubtfulChecks = 1;
    this.learn(watch, afterUnreachable(watch.health));
    this.schedule(watch);
  }

  /** Ends the checks, those under way too. */
  async close(): Promise<void> {
    this.stop.abort(new Error('the pool is closing'));
    for (const { timer } of this.watches.values()) clearTimeout(timer);
    await Promise.all([...this.watches.values()].map(({ check }) => check));
  }

  private schedule(watch: Watch): void {
    clearTimeout(watch.timer);
    if (this.stop.signal.aborted) return;
    const delayMs = nextCheckDelayMs(this.options.intervalMs, watch.doubtfulChecks, this.options.random());
    watch.timer = setTimeout(() => this.beginCheck(watch), delayMs).unref();
  }

  private beginCheck(watch: Watch): void {
    watch.check ??= this.check(watch).finally(() => {
      watch.check = undefined;
      this.schedule(watch);
    });
  }

  private async check(watch: Watch): Promise<void> {
    const { probe, timeoutMs } = this.options;
    const outcome = await runProbe(probe, watch.backend, timeoutMs, this.stop.signal).then(
      () => ({ passed: true }) as const,
      (error: unknown) => ({ passed: false, reason: messageOf(error) }) as const,
    );
    if (this.stop.signal.aborted) return;
    const health = outcome.passed ? afterPassedCheck(watch.health) : afterFailedCheck(watch.health, outcome.reason, this.options);
    watch.doubtfulChecks = isSettled(health) ? 0 : watch.doubtfulChecks + 1;
    this.learn(watch, health);
  }

  private learn(watch: Watch, now: BackendHealth): void {
    const before = watch.health;
    watch.health = now;
    if (before.state !== now.state) this.onChange(watch.backend, before, now);
  }
}
