import type { DurationHistogram } from '@slipstream/telemetry';
import { toBackends, type Backend, type BackendOptions } from '../backend.js';
import type { CheckResult, HealthCheckOptions } from '../health/health-checker.js';
import { STRATEGIES } from '../strategies/strategies.js';
import { statusOf, type BackendStatus } from './backend-status.js';
import { eligibleBackends } from './eligible-backends.js';
import type { Lease, LeaseAnswer, LeaseEnd } from './lease.js';
import type { BalancerLimits, LoadBalancerOptions } from './load-balancer-options.js';
import type { Loads, OtherReports } from './load-board.js';
import { PooledBackend } from './pooled-backend.js';
import { NoHealthyBackendsError } from './no-healthy-backends.error.js';
import type { PickOptions } from './pick-options.js';
import type { PickResult } from './pick-result.js';
import { Places } from './places.js';
import { PoolBusyError } from './pool-busy.error.js';
import { PoolHealth } from './pool-health.js';

const NO_LOAD = Object.freeze({ requests: 0, sessions: 0 });

/** A pool of backends. Distributes requests among the healthy ones. */
export class LoadBalancer {
  readonly name: string;
  private readonly pooledBackends = new Map<string, PooledBackend>();
  private readonly places: Places;
  private readonly health: PoolHealth;
  private readonly now: () => number;
  private panicRatio: number;

  /** @throws InvalidInputError `invalid_backend` when a URL is listed twice, or a weight or priority is out of range */
  constructor(options: LoadBalancerOptions) {
    const { name, strategy = 'least_connections', maxConnections, hasLastResort = false, queue = {} } = options;
    const { now = () => performance.now(), random = Math.random } = options;
    this.name = name;
    this.now = now;
    this.panicRatio = options.panicRatio ?? 0;
    this.places = new Places({
      pool: name,
      strategies: { requests: STRATEGIES[strategy](random), sessions: STRATEGIES[strategy](random) },
      maxConnections: maxConnections || Infinity,
      hasLastResort,
      queue,
      leases: {
        onAnswered: (pooled, answer) => this.onAnswered(pooled, answer),
        onReleased: (pooled, _, end) => this.onReleased(pooled, end),
      },
      now,
    });
    this.health = new PoolHealth(options, {
      pooledBackends: this.pooledBackends,
      inUse: () => this.places.size,
      onChange: () => this.refresh(),
      onWeight: (pooled) => this.places.update(pooled),
      now,
    });
    this.setBackends(options.backends);
  }

  /** Begins the health checks, the first of each backend at once. */
  start(): void {
    this.health.start();
  }

  /**
   * Replaces the backends. Remaining backends keep their state. Requests at removed backends continue.
   *
   * @throws InvalidInputError `invalid_backend`; the pool stays as it was
   */
  setBackends(options: readonly BackendOptions[]): void {
    const backends = new Map(toBackends(this.name, options).map((backend) => [backend.url, backend]));
    for (const pooled of this.pooledBackends.values()) if (!backends.has(pooled.id)) this.remove(pooled);
    for (const backend of backends.values()) this.put(backend);
    this.refresh();
  }

  /** Replaces the limits. Running and waiting requests keep their places. */
  setLimits(limits: BalancerLimits): void {
    const { maxConnections, queue = {}, slowStartMs = 0, panicRatio = 0 } = limits;
    this.panicRatio = panicRatio;
    this.places.setLimits(maxConnections || Infinity, queue);
    this.health.setSlowStart(slowStartMs);
    this.refresh();
  }

  /** Replaces the options of the health checks, if the pool has any. */
  setHealthCheck(options: HealthCheckOptions): void {
    this.health.setChecks(options);
  }

  /**
   * Same as {@link tryPick}, for callers that do not wait.
   *
   * @throws NoHealthyBackendsError if no accepted backend is healthy
   * @throws PoolBusyError if there is no room
   */
  pick(options: PickOptions = {}): Lease {
    const result = this.tryPick(options);
    if (result.type === 'picked') return result.lease;
    throw result.type === 'none-healthy'
      ? new NoHealthyBackendsError(this.name)
      : new PoolBusyError(this.name, 'queue is full');
  }

  /**
   * Takes a place at a backend. Release it at the end of the answer. If there is no room, or the client has its share,
   * {@link wait}.
   */
  tryPick(options: PickOptions = {}): PickResult {
    return this.places.tryPick(options);
  }

  /**
   * Waits for a place. Clients take turns; the requests of one client are served in the order of arrival.
   *
   * @param onRefused receives NoHealthyBackendsError or PoolBusyError
   * @returns a function that ends the wait
   */
  wait(options: PickOptions, onServed: (lease: Lease) => void, onRefused: (error: Error) => void): () => void {
    return this.places.wait(options, onServed, onRefused);
  }

  /** Counts a request that a backend got after a failure. */
  countRetry(url: string): void {
    const pooled = this.pooledBackends.get(url);
    if (pooled) pooled.retries += 1;
  }

  /** Running requests and sessions of this process at each backend, for the boards of other processes. */
  loads(): Loads {
    const busy = [...this.pooledBackends.values()].filter(({ own }) => own.requests > 0 || own.sessions > 0);
    return Object.fromEntries(busy.map(({ id, own }) => [id, { ...own }]));
  }

  /** Duration of the longest current wait in this process; undefined if no request waits. */
  waitingMs(): number | undefined {
    const sinceMs = this.places.oldestSinceMs;
    return sinceMs === undefined ? undefined : this.now() - sinceMs;
  }

  /** Sets the load and the waits of all other processes, from the board. They count like those of this process. */
  setOthers(others: OtherReports): void {
    let requests = 0;
    for (const pooled of this.pooledBackends.values()) {
      const load = others.loads[pooled.id] ?? NO_LOAD;
      requests += load.requests;
      if (load === pooled.other) continue;
      pooled.other = load;
      this.places.update(pooled);
    }
    this.places.setOthers(others, requests);
  }

  /** Another gateway or process has checked a backend. */
  reportCheck(url: string, result: CheckResult): void {
    this.health.reportCheck(url, result);
  }

  /** Current status of every backend. */
  backends(): readonly BackendStatus[] {
    return [...this.pooledBackends.values()].map((pooled) => statusOf(pooled, this.health.of(pooled.id)));
  }

  /** Durations from the pick to the head of the answer, of each backend. */
  latencies(): ReadonlyMap<string, DurationHistogram> {
    return new Map([...this.pooledBackends.values()].map(({ id, latencies }) => [id, latencies]));
  }

  /** Requests that wait for a place. */
  get queueLength(): number {
    return this.places.queueLength;
  }

  /** Durations of past waits for a place. */
  get queueWaits(): DurationHistogram {
    return this.places.waits;
  }

  /** Ends the checks, and refuses the waiting requests. Leases stay valid. May be called again. */
  async close(): Promise<void> {
    this.places.close();
    await this.health.close();
  }

  private put(backend: Backend): void {
    const known = this.pooledBackends.get(backend.url);
    if (!known) this.pooledBackends.set(backend.url, new PooledBackend(backend, this.now()));
    else {
      known.backend = backend;
      this.health.reweigh(known);
    }
    this.health.watch(backend);
  }

  private remove(pooled: PooledBackend): void {
    this.pooledBackends.delete(pooled.id);
    this.health.forget(pooled);
  }

  private refresh(): void {
    this.places.setEligible(eligibleBackends([...this.pooledBackends.values()], this.health.of, this.panicRatio));
  }

  private onAnswered(pooled: PooledBackend, answer: LeaseAnswer): void {
    pooled.answers[Math.min(Math.floor(answer.status / 100), 5) - 1]! += 1;
    pooled.latencies.observe(answer.latencyMs / 1000);
    pooled.latency.observe(answer.latencyMs, answer.atMs);
    this.health.answered(pooled, answer);
  }

  private onReleased(pooled: PooledBackend, end: LeaseEnd): void {
    if (end.outcome !== 'ok') pooled.answers[5]! += 1;
    this.health.ended(pooled, end);
  }
}
