import { DurationHistogram } from '@slipstream/telemetry';
import { toBackends, type Backend, type BackendOptions } from '../backend.js';
import { UNPROVEN, type BackendHealth } from '../health/backend-health.js';
import { HealthChecker, type CheckResult, type HealthCheckOptions } from '../health/health-checker.js';
import type { Logger } from '../logger.port.js';
import type { Ejection } from '../outliers/ejection.js';
import { OutlierDetector, type OutlierOptions } from '../outliers/outlier-detector.js';
import { STRATEGIES, type StrategyName } from '../strategies/strategies.js';
import { statusOf, type BackendStatus } from './backend-status.js';
import { ClientShares } from './client-shares.js';
import {
  Lease,
  type LeaseAnswer,
  type LeaseEnd,
  type LeaseListener,
  type LeaseOutcome,
  type LeaseTerms,
} from './lease.js';
import type { Loads, OtherReports } from './load-board.js';
import { Member } from './member.js';
import { NoHealthyBackendsError } from './no-healthy-backends.error.js';
import { pickableOf } from './pickable.js';
import { PoolBusyError } from './pool-busy.error.js';
import { Roster, type PickOptions } from './roster.js';
import { SlowStart } from './slow-start.js';
import { WaitQueue, type NoPlace, type WaitQueueOptions } from './wait-queue.js';

/** Options of {@link LoadBalancer}. */
export interface LoadBalancerOptions {
  /** Of the pool; stands in errors, logs and metrics. */
  name: string;
  backends: readonly BackendOptions[];
  /** Default `least_connections`. */
  strategy?: StrategyName;
  /** Absent: every backend is always taken for healthy. */
  healthCheck?: HealthCheckOptions;
  /** Told of each check of our own, so that others who watch the same backends can be told. */
  onCheck?: (url: string, result: CheckResult) => void;
  /** Absent: no backend is ejected for how it answers. */
  outliers?: OutlierOptions;
  /** When fewer of the pool than this part are well, those that answer badly are used again. Default 0: never. */
  panicRatio?: number;
  /**
   * Whether a good answer counts when it has ended, so that a backend that breaks its answers off is an outlier; for
   * pools whose answers all end. Default false: it counts when it begins.
   */
  judgesWholeAnswers?: boolean;
  /**
   * Whether a request that accepts no healthy backend goes to one that is there, but answers badly: its own error says
   * more than ours, and it may be well again. Default false.
   */
  hasLastResort?: boolean;
  /** How long a recovered backend takes to its full weight, in ms. Default 0: it has it at once. */
  slowStartMs?: number;
  /** Requests that one backend may have at a time, those of other gateways included. Default 0: any number. */
  maxConnections?: number;
  /** Where requests wait when all backends have `maxConnections`. */
  queue?: WaitQueueOptions;
  logger: Logger;
  /** Monotonic, in ms. Default `performance.now`. */
  now?: () => number;
  /** In [0, 1). Default `Math.random`. */
  random?: () => number;
}

/** A pool of backends: shares requests among those that are well. */
export class LoadBalancer {
  readonly name: string;
  /** Time from asking for a place to getting it, of those that had to wait. */
  readonly queueWaits = new DurationHistogram();
  private readonly members = new Map<string, Member>();
  private readonly roster: Roster;
  private readonly checker?: HealthChecker;
  private readonly detector?: OutlierDetector;
  private readonly slowStart: SlowStart;
  private readonly waiting: WaitQueue<Lease>;
  private readonly leases: LeaseListener;
  private readonly shares = new ClientShares();
  private others: OtherReports = { loads: {}, senders: 0 };
  private readonly now: () => number;

  /** @throws InvalidInputError `invalid_backend` when a URL is listed twice, or a weight or priority is out of range */
  constructor(private readonly options: LoadBalancerOptions) {
    const {
      name,
      backends,
      strategy = 'least_connections',
      healthCheck,
      outliers,
      slowStartMs = 0,
      queue = {},
      onCheck,
    } = options;
    const { now = () => performance.now(), random = Math.random } = options;
    this.name = name;
    this.now = now;
    this.roster = new Roster(
      { requests: STRATEGIES[strategy](random), sessions: STRATEGIES[strategy](random) },
      { maxConnections: options.maxConnections || Infinity, hasLastResort: options.hasLastResort ?? false },
    );
    this.waiting = new WaitQueue(queue);
    this.slowStart = new SlowStart(slowStartMs, now);
    this.leases = {
      onAnswered: (...answer) => this.onAnswered(...answer),
      onReleased: (...release) => this.onReleased(...release),
    };
    if (healthCheck)
      this.checker = new HealthChecker(healthCheck, {
        onResult: onCheck,
        onChange: (...change) => this.onHealthChange(...change),
        onUnmade: (url) => this.onUnmadeCheck(url),
      });
    if (outliers)
      this.detector = new OutlierDetector(outliers, {
        members: () => this.members.values(),
        now,
        onChange: (member) => this.onEjectionChange(member),
      });
    this.setBackends(backends);
  }

  /** Begins the health checks, the first of each backend at once. */
  start(): void {
    this.checker?.start();
  }

  /**
   * Replaces the backends. Those that stay keep what is known of them; requests under way at those that go, go on.
   *
   * @throws InvalidInputError `invalid_backend`; the pool is as it was then
   */
  setBackends(options: readonly BackendOptions[]): void {
    const backends = new Map(toBackends(this.name, options).map((backend) => [backend.url, backend]));
    for (const member of this.members.values()) if (!backends.has(member.id)) this.remove(member);
    for (const backend of backends.values()) this.put(backend);
    this.refresh();
  }

  /**
   * Takes a place at a backend. Release it when the answer has ended.
   *
   * @throws NoHealthyBackendsError when none that comes into question is well
   * @throws PoolBusyError when all of them have all the requests that they may have
   */
  pick(options: PickOptions = {}): Lease {
    const lease = this.tryPick(options);
    if (!lease) throw new PoolBusyError(this.name, 'queue is full');
    return lease;
  }

  /** As {@link pick}. @returns undefined when there is no room just now: {@link wait} for it */
  tryPick(options: PickOptions = {}): Lease | undefined {
    const picked = this.attempt(options);
    return typeof picked === 'string' ? undefined : picked;
  }

  /**
   * Waits for a place. Clients take turns; the requests of one client are served in the order of arrival.
   *
   * @param onRefused told of NoHealthyBackendsError or PoolBusyError
   * @returns a function that gives up waiting
   */
  wait(options: PickOptions, onServed: (lease: Lease) => void, onRefused: (error: Error) => void): () => void {
    const startedAtMs = this.now();
    return this.waiting.join({
      client: options.client ?? '',
      sinceMs: startedAtMs,
      attempt: () => this.attempt(options),
      isParticular: options.accepts !== undefined || options.stickTo !== undefined,
      onServed: (lease) => {
        this.queueWaits.observe((this.now() - startedAtMs) / 1000);
        onServed(lease);
      },
      onRefused: (why) => onRefused(why instanceof Error ? why : new PoolBusyError(this.name, why)),
    });
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
    const sinceMs = this.waiting.oldestSinceMs;
    return sinceMs === undefined ? undefined : this.now() - sinceMs;
  }

  /** What all others have under way and waiting, from the board; it counts from now on as our own does. */
  setOthers(others: OtherReports): void {
    this.others = others;
    this.shares.others = 0;
    for (const member of this.members.values()) {
      member.other = others.loads[member.id] ?? { requests: 0, sessions: 0 };
      this.shares.others += member.other.requests;
    }
    if (this.waiting.length > 0) this.waiting.wake();
  }

  /** Another gateway or process has checked a backend. */
  reportCheck(url: string, result: CheckResult): void {
    this.checker?.reportResult(url, result);
  }

  /** Every backend as it is now. */
  backends(): readonly BackendStatus[] {
    return [...this.members.values()].map((member) => statusOf(member, this.healthOf(member.id)));
  }

  /** Durations from the pick to the answer's headers, of each backend. */
  latencies(): ReadonlyMap<string, DurationHistogram> {
    return new Map([...this.members.values()].map(({ id, latencies }) => [id, latencies]));
  }

  /** Requests that wait for a place. */
  get queueLength(): number {
    return this.waiting.length;
  }

  /** Ends the checks, and refuses those that wait. Leases stay valid. May be called again. */
  async close(): Promise<void> {
    this.slowStart.close();
    this.detector?.close();
    this.waiting.close(new NoHealthyBackendsError(this.name));
    await this.checker?.close();
  }

  private attempt(options: PickOptions): Lease | NoPlace {
    const { client = '' } = options;
    const isRequest = options.isSession !== true;
    const member = this.roster.choose(options, isRequest ? this.ownLimit() : undefined);
    if (member === 'nobody') throw new NoHealthyBackendsError(this.name);
    if (member === 'no room') return member;
    if (isRequest && !this.shares.mayTake(client)) return 'over share';
    if (isRequest) this.shares.take(client);
    return new Lease(
      member,
      { kind: isRequest ? 'requests' : 'sessions', client, startedAtMs: this.now() },
      this.leases,
      this.now,
    );
  }

  /**
   * While a request of another process has waited longer than any here, this process takes no more than its equal share
   * of a backend: the places that become free are the other's.
   */
  private ownLimit(): number {
    const { waitingSinceMs, senders } = this.others;
    if (waitingSinceMs === undefined || waitingSinceMs >= (this.waiting.oldestSinceMs ?? this.now())) return Infinity;
    return Math.floor((this.options.maxConnections || Infinity) / (senders + 1));
  }

  private put(backend: Backend): void {
    const known = this.members.get(backend.url);
    if (!known) this.members.set(backend.url, new Member(backend, this.now()));
    else {
      known.backend = backend;
      this.slowStart.reweigh(known);
    }
    this.checker?.watch(backend);
  }

  private remove(member: Member): void {
    this.members.delete(member.id);
    this.checker?.unwatch(member.id);
    this.detector?.forget(member);
    this.slowStart.forget(member);
  }

  private refresh(): void {
    this.roster.replace(pickableOf([...this.members.values()], this.healthOf, this.options.panicRatio ?? 0));
    const { maxConnections } = this.options;
    this.shares.setCapacity(maxConnections ? this.roster.size * maxConnections : Infinity);
    if (this.waiting.length > 0) this.waiting.wake();
  }

  private healthOf = (url: string): BackendHealth => this.checker?.healthOf(url) ?? UNPROVEN;

  private onAnswered(member: Member, { status, isError, latencyMs, trial }: LeaseAnswer): void {
    member.answers[Math.min(Math.floor(status / 100), 5) - 1]! += 1;
    member.latencies.observe(latencyMs / 1000);
    member.latency.observe(latencyMs, this.now());
    const isJudged = isError || this.options.judgesWholeAnswers !== true;
    if (isJudged && this.isIn(member)) this.detector?.report(member, isError, trial);
  }

  private onReleased(member: Member, { kind, client }: LeaseTerms, { outcome, answer, trial }: LeaseEnd): void {
    if (kind === 'requests') this.shares.give(client);
    if (outcome !== 'ok') member.answers[5]! += 1;
    if (outcome !== 'ok' && this.isIn(member)) this.learnFailure(member, outcome, trial);
    else if (this.options.judgesWholeAnswers && answer === 'good' && this.isIn(member))
      this.detector?.report(member, false, trial);
    if (this.waiting.length > 0) this.waiting.wake();
  }

  private learnFailure(member: Member, outcome: LeaseOutcome, trial?: Ejection): void {
    if (outcome === 'unreachable' && this.checker) this.checker.reportUnreachable(member.id);
    else this.detector?.report(member, true, trial);
  }

  /** A lease may outlive its member; what becomes of it tells nothing of a newer member with the same URL. */
  private isIn = (member: Member): boolean => this.members.get(member.id) === member;

  private onHealthChange(url: string, before: BackendHealth, now: BackendHealth): void {
    const member = this.members.get(url);
    if (!member) return;
    const isRecovered = before.state === 'unhealthy';
    if (isRecovered) {
      this.detector?.pardon(member);
      this.slowStart.begin(member);
    }
    this.refresh();
    if (now.state === 'unhealthy') this.tell('warn', member, 'backend is unhealthy', { reason: now.reason });
    else if (isRecovered) this.tell('info', member, 'backend is healthy again');
  }

  private onUnmadeCheck(url: string): void {
    this.options.logger.warn(
      { pool: this.name, backend: url },
      'health check not made: this machine is out of file descriptors, ports or memory; the backend keeps its state',
    );
  }

  private onEjectionChange(member: Member): void {
    const { ejection } = member;
    if (ejection.state === 'admitted') this.slowStart.begin(member);
    this.refresh();
    if (ejection.state === 'ejected')
      this.tell('warn', member, 'backend is ejected', {
        reason: ejection.reason,
        forMs: Math.round(ejection.untilMs - this.now()),
      });
    else if (ejection.state === 'admitted') this.tell('info', member, 'backend passed its trial');
  }

  private tell(level: 'info' | 'warn', { id }: Member, message: string, facts: object = {}): void {
    this.options.logger[level](
      { pool: this.name, backend: id, inUse: this.roster.size, of: this.members.size, ...facts },
      message,
    );
  }
}
