import type { DurationHistogram } from '@slipstream/telemetry';
import { toBackends, type Backend, type BackendOptions } from '../backend.js';
import type { CheckResult, HealthCheckOptions } from '../health/health-checker.js';
import { STRATEGIES } from '../strategies/strategies.js';
import { statusOf, type BackendStatus } from './backend-status.js';
import { eligibleMembers } from './eligible-members.js';
import type { Lease, LeaseAnswer, LeaseEnd } from './lease.js';
import type { BalancerLimits, LoadBalancerOptions } from './load-balancer-options.js';
import type { Loads, OtherReports } from './load-board.js';
import { Member } from './member.js';
import { NoHealthyBackendsError } from './no-healthy-backends.error.js';
import type { PickOptions } from './pick-options.js';
import type { PickResult } from './pick-result.js';
import { Places } from './places.js';
import { PoolBusyError } from './pool-busy.error.js';
import { PoolHealth } from './pool-health.js';

const NO_LOAD = Object.freeze({ requests: 0, sessions: 0 });

/** A pool of backends: shares requests among those that are healthy. */
export class LoadBalancer {
  readonly name: string;
  private readonly members = new Map<string, Member>();
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
        onAnswered: (member, answer) => this.onAnswered(member, answer),
        onReleased: (member, _, end) => this.onReleased(member, end),
      },
      now,
    });
    this.health = new PoolHealth(options, {
      members: this.members,
      inUse: () => this.places.size,
      onChange: () => this.refresh(),
      onWeight: (member) => this.places.update(member),
      now,
    });
    this.setBackends(options.backends);
  }

  /** Begins the health checks, the first of each backend at once. */
  start(): void {
    this.health.start();
  }

  /**
   * Replaces the backends. Those that stay keep what is known of them; requests under way at those that go, go on.
   *
   * @throws InvalidInputError `invalid_backend`; the pool stays as it was
   */
  setBackends(options: readonly BackendOptions[]): void {
    const backends = new Map(toBackends(this.name, options).map((backend) => [backend.url, backend]));
    for (const member of this.members.values()) if (!backends.has(member.id)) this.remove(member);
    for (const backend of backends.values()) this.put(backend);
    this.refresh();
  }

  /** Replaces the limits; requests under way and waiting keep their places. */
  setLimits(limits: BalancerLimits): void {
    const { maxConnections, queue = {}, slowStartMs = 0, panicRatio = 0 } = limits;
    this.panicRatio = panicRatio;
    this.places.setLimits(maxConnections || Infinity, queue);
    this.health.setSlowStart(slowStartMs);
    this.refresh();
  }

  /** Replaces how backends are checked, where they are. */
  setHealthCheck(options: HealthCheckOptions): void {
    this.health.setChecks(options);
  }

  /**
   * As {@link tryPick}, for callers that do not wait.
   *
   * @throws NoHealthyBackendsError when no backend that comes into question is healthy
   * @throws PoolBusyError when there is no room
   */
  pick(options: PickOptions = {}): Lease {
    const result = this.tryPick(options);
    if (result.type === 'picked') return result.lease;
    throw result.type === 'none-healthy'
      ? new NoHealthyBackendsError(this.name)
      : new PoolBusyError(this.name, 'queue is full');
  }

  /**
   * Takes a place at a backend. Release it when the answer has ended. If there is no room, or the client has its share,
   * {@link wait}.
   */
  tryPick(options: PickOptions = {}): PickResult {
    return this.places.tryPick(options);
  }

  /**
   * Waits for a place. Clients take turns; the requests of one client are served in the order of arrival.
   *
   * @param onRefused receives NoHealthyBackendsError or PoolBusyError
   * @returns a function that gives up waiting
   */
  wait(options: PickOptions, onServed: (lease: Lease) => void, onRefused: (error: Error) => void): () => void {
    return this.places.wait(options, onServed, onRefused);
  }

  /** Counts one more request that a backend got after a failure. */
  countRetry(url: string): void {
    const member = this.members.get(url);
    if (member) member.retries += 1;
  }

  /** What this process has under way at each backend, for the others' boards. */
  loads(): Loads {
    const busy = [...this.members.values()].filter(({ own }) => own.requests > 0 || own.sessions > 0);
    return Object.fromEntries(busy.map(({ id, own }) => [id, { ...own }]));
  }

  /** How long the longest-waiting request of this process has waited; undefined if none waits. */
  waitingMs(): number | undefined {
    const sinceMs = this.places.oldestSinceMs;
    return sinceMs === undefined ? undefined : this.now() - sinceMs;
  }

  /** What all others have under way and waiting, from the board; it counts from now on as our own does. */
  setOthers(others: OtherReports): void {
    let requests = 0;
    for (const member of this.members.values()) {
      const load = others.loads[member.id] ?? NO_LOAD;
      requests += load.requests;
      if (load === member.other) continue;
      member.other = load;
      this.places.update(member);
    }
    this.places.setOthers(others, requests);
  }

  /** Another gateway or process has checked a backend. */
  reportCheck(url: string, result: CheckResult): void {
    this.health.reportCheck(url, result);
  }

  /** Every backend as it is now. */
  backends(): readonly BackendStatus[] {
    return [...this.members.values()].map((member) => statusOf(member, this.health.of(member.id)));
  }

  /** Durations from the pick to the answer's headers, of each backend. */
  latencies(): ReadonlyMap<string, DurationHistogram> {
    return new Map([...this.members.values()].map(({ id, latencies }) => [id, latencies]));
  }

  /** Requests that wait for a place. */
  get queueLength(): number {
    return this.places.queueLength;
  }

  /** How long requests that had to wait waited for their place. */
  get queueWaits(): DurationHistogram {
    return this.places.waits;
  }

  /** Ends the checks, and refuses the requests that wait. Leases stay valid. May be called again. */
  async close(): Promise<void> {
    this.places.close();
    await this.health.close();
  }

  private put(backend: Backend): void {
    const known = this.members.get(backend.url);
    if (!known) this.members.set(backend.url, new Member(backend, this.now()));
    else {
      known.backend = backend;
      this.health.reweigh(known);
    }
    this.health.watch(backend);
  }

  private remove(member: Member): void {
    this.members.delete(member.id);
    this.health.forget(member);
  }

  private refresh(): void {
    this.places.setEligible(eligibleMembers([...this.members.values()], this.health.of, this.panicRatio));
  }

  private onAnswered(member: Member, answer: LeaseAnswer): void {
    member.answers[Math.min(Math.floor(answer.status / 100), 5) - 1]! += 1;
    member.latencies.observe(answer.latencyMs / 1000);
    member.latency.observe(answer.latencyMs, answer.atMs);
    this.health.answered(member, answer);
  }

  private onReleased(member: Member, end: LeaseEnd): void {
    if (end.outcome !== 'ok') member.answers[5]! += 1;
    this.health.ended(member, end);
  }
}
