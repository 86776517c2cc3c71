import { messageOf } from '@slipstream/contracts';
import type { Backend } from '../backend.js';
import {
  afterFailedCheck,
  afterPassedCheck,
  afterUnreachable,
  isSettled,
  UNPROVEN,
  type BackendHealth,
  type FailedCheck,
  type HealthThresholds,
} from './backend-health.js';
import { nextCheckDelayMs, outagePauseMs } from './check-schedule.js';
import { isLocalExhaustion } from '../local-exhaustion.js';
import { runProbe, UnhealthyError, type Probe } from './probe.js';

/** Options of the active checks of a pool. */
export interface HealthCheckOptions extends Partial<HealthThresholds> {
  probe: Probe;
  /** Pause between the checks of a settled backend. An unsettled one is checked sooner. Default 30000, minimum 1. */
  intervalMs?: number;
  /** How long one check may take, from its start. Default 5000, minimum 1. */
  timeoutMs?: number;
  /** Source of jitter, in [0, 1). Default `Math.random`. */
  random?: () => number;
}

/** Result of one check. A check that this machine could not make has no result. */
export type CheckResult = { readonly passed: true } | ({ readonly passed: false } & Readonly<FailedCheck>);

/** Receives the results of the checks. */
export interface HealthListener {
  /** Called after each check of this process, so that the result can be published to other processes. */
  onResult?(url: string, result: CheckResult): void;
  /** Called if this machine had no file descriptors, ports or memory for a check. */
  onUnmade?(url: string): void;
  /** Called after each change of a backend's state. */
  onChange(url: string, before: BackendHealth, now: BackendHealth): void;
}

interface Watch {
  backend: Backend;
  health: BackendHealth;
  unsettledChecks: number;
  timer?: NodeJS.Timeout;
  check?: Promise<void>;
}

const DEFAULTS = {
  intervalMs: 30_000,
  timeoutMs: 5_000,
  healthyThreshold: 2,
  unhealthyThreshold: 2,
  random: Math.random,
};

/** Checks all backends repeatedly, the first time at once, and keeps the results. */
export class HealthChecker {
  private readonly options: Required<HealthCheckOptions>;
  private readonly watches = new Map<string, Watch>();
  private readonly stop = new AbortController();
  private isStarted = false;
  /** Start of the outage of the whole pool. Absent: a backend is healthy. */
  private downSinceMs?: number;

  constructor(
    options: HealthCheckOptions,
    private readonly listener: HealthListener,
  ) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** Replaces the options of the checks. The states stay, and the next checks use the new options. */
  setOptions(options: HealthCheckOptions): void {
    Object.assign(this.options, DEFAULTS, options);
    for (const watch of this.watches.values()) if (this.isStarted && !watch.check) this.schedule(watch);
  }

  start(): void {
    this.isStarted = true;
    for (const watch of this.watches.values()) this.beginCheck(watch);
  }

  /** Checks a backend from now on. If it is checked already, it keeps its state. */
  watch(backend: Backend): void {
    const known = this.watches.get(backend.url);
    if (known) {
      known.backend = backend;
      return this.noteOutage();
    }
    const watch: Watch = { backend, health: UNPROVEN, unsettledChecks: 0 };
    this.watches.set(backend.url, watch);
    this.noteOutage();
    if (this.isStarted) this.beginCheck(watch);
  }

  unwatch(url: string): void {
    clearTimeout(this.watches.get(url)?.timer);
    this.watches.delete(url);
    this.noteOutage();
  }

  healthOf(url: string): BackendHealth {
    return this.watches.get(url)?.health ?? UNPROVEN;
  }

  /** A request could not be delivered to this backend. */
  reportUnreachable(url: string): void {
    const watch = this.watches.get(url);
    if (!watch || watch.health.state === 'unhealthy') return;
    watch.unsettledChecks = 1;
    this.setHealth(watch, afterUnreachable(watch.health));
    this.schedule(watch);
  }

  /**
   * Another process has checked this backend. If it passed and is settled here, the next check of this process is
   * postponed, so that several gateways share one check. If it failed, this process checks at once. The result itself
   * is not adopted: a process that has lost its network must not make a backend unhealthy for the others.
   */
  reportResult(url: string, { passed }: CheckResult): void {
    const watch = this.watches.get(url);
    if (!watch || this.stop.signal.aborted) return;
    const wasSettled = isSettled(watch.health);
    if (passed && wasSettled && !watch.check) this.schedule(watch);
    if (!passed && wasSettled) this.beginCheck(watch);
  }

  /** Ends the checks, including the running ones. */
  async close(): Promise<void> {
    this.stop.abort(new Error('the pool is closing'));
    for (const { timer } of this.watches.values()) clearTimeout(timer);
    await Promise.all([...this.watches.values()].map(({ check }) => check));
  }

  private schedule(watch: Watch): void {
    clearTimeout(watch.timer);
    if (this.stop.signal.aborted || !this.isWatched(watch)) return;
    const delayMs = Math.min(
      nextCheckDelayMs(this.options.intervalMs, watch.unsettledChecks, this.options.random()),
      this.downSinceMs === undefined ? Infinity : outagePauseMs(performance.now() - this.downSinceMs),
    );
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
    const { health } = watch;
    const result: CheckResult | undefined = await runProbe(probe, watch.backend, timeoutMs, this.stop.signal).then(
      (): CheckResult => ({ passed: true }),
      (error: unknown) =>
        isLocalExhaustion(error)
          ? undefined
          : { passed: false, reason: messageOf(error), isReachable: error instanceof UnhealthyError },
    );
    if (this.stop.signal.aborted || !this.isWatched(watch)) return;
    if (!result) return this.onLocalExhaustion(watch);
    // A request found the backend unreachable after this check began.
    if (result.passed && watch.health !== health) return;
    this.apply(watch, result);
    this.listener.onResult?.(watch.backend.url, result);
  }

  /** Schedules the next check soon, because this one had no result. */
  private onLocalExhaustion(watch: Watch): void {
    watch.unsettledChecks += 1;
    this.listener.onUnmade?.(watch.backend.url);
  }

  private apply(watch: Watch, result: CheckResult): void {
    const health = result.passed
      ? afterPassedCheck(watch.health, this.downSinceMs !== undefined)
      : afterFailedCheck(watch.health, result, this.options);
    watch.unsettledChecks = isSettled(health) ? 0 : watch.unsettledChecks + 1;
    this.setHealth(watch, health);
  }

  private setHealth(watch: Watch, now: BackendHealth): void {
    const before = watch.health;
    watch.health = now;
    this.noteOutage();
    if (before.state !== now.state) this.listener.onChange(watch.backend.url, before, now);
  }

  /** Recomputes whether the pool has an outage. At its start, long pauses are shortened. */
  private noteOutage(): void {
    const watches = [...this.watches.values()];
    const isDown = watches.every(({ backend, health }) => health.state === 'unhealthy' || backend.isDraining);
    if (!isDown) return void (this.downSinceMs = undefined);
    if (this.downSinceMs !== undefined) return;
    this.downSinceMs = performance.now();
    for (const watch of watches) if (watch.timer && !watch.check) this.schedule(watch);
  }

  private isWatched = (watch: Watch): boolean => this.watches.get(watch.backend.url) === watch;
}
