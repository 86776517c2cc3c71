import { isAvailable, UNPROVEN, type BackendHealth } from './backend-health.js';
import { toBackends, type Backend, type BackendOptions } from './backend.js';
import { HealthChecker, type HealthCheckOptions } from './health-checker.js';
import { LeastConnectionsStrategy, type Candidate } from './least-connections.strategy.js';
import type { Logger } from './logger.port.js';
import { NoHealthyBackendsError } from './no-healthy-backends.error.js';

/** Options of {@link LoadBalancer}. */
export interface LoadBalancerOptions {
  /** Of the pool; stands in errors, logs and metrics. */
  name: string;
  backends: readonly BackendOptions[];
  /** Absent: every backend is always taken for healthy. */
  healthCheck?: HealthCheckOptions;
  logger: Logger;
}

/** What a request asks of its backend. */
export interface PickOptions {
  /** Which backends come into question. Default: all. */
  accepts?: (backend: Backend) => boolean;
}

/** One request's place at a backend. */
export interface Lease {
  readonly backend: Backend;
  /**
   * Gives the place back; calling it again does nothing.
   *
   * @param outcome `failed` when the backend could not be reached: it gets no more requests until a check passes.
   *   Default `ok`
   */
  release(outcome?: 'ok' | 'failed'): void;
}

/** A backend as an operator sees it. */
export interface BackendStatus extends Backend {
  /** Requests it is answering for this process. */
  readonly connections: number;
  readonly state: BackendHealth['state'];
  /** Why it is unhealthy. */
  readonly reason?: string;
}

interface Member extends Candidate {
  readonly backend: Backend;
  connections: number;
}

/** A pool of backends: shares requests among those that are healthy. */
export class LoadBalancer {
  readonly name: string;
  private readonly members: readonly Member[];
  private readonly strategy = new LeastConnectionsStrategy<Member>();
  private readonly checker?: HealthChecker;
  private readonly logger: Logger;
  /** Those that may be picked: never changed, replaced when a backend's health turns. */
  private available: readonly Member[];

  /** @throws InvalidInputError `invalid_backend` when a URL is listed twice or a weight is not a positive number */
  constructor({ name, backends, healthCheck, logger }: LoadBalancerOptions) {
    this.name = name;
    this.logger = logger;
    const pool = toBackends(name, backends);
    this.members = pool.map((backend) => ({ backend, weight: backend.weight, connections: 0 }));
    this.available = this.members;
    if (healthCheck) this.checker = new HealthChecker(pool, healthCheck, (...change) => this.onHealthChange(...change));
  }

  /** Begins the health checks, the first of each backend at once. */
  start(): void {
    this.checker?.start();
  }

  /**
   * Takes a place at the healthy backend with the fewest connections per weight. Release it when the answer has ended.
   *
   * @throws NoHealthyBackendsError when none that comes into question is healthy
   */
  pick({ accepts }: PickOptions = {}): Lease {
    const candidates = accepts ? this.available.filter(({ backend }) => accepts(backend)) : this.available;
    const member = this.strategy.pick(candidates);
    if (!member) throw new NoHealthyBackendsError(this.name);
    return this.lease(member);
  }

  /** Every backend as it is now. */
  backends(): readonly BackendStatus[] {
    return this.members.map(({ backend, connections }) => {
      const health = this.checker?.healthOf(backend) ?? UNPROVEN;
      return { ...backend, connections, state: health.state, ...(health.state === 'unhealthy' && { reason: health.reason }) };
    });
  }

  /** Ends the health checks. Leases stay valid. May be called again. */
  async close(): Promise<void> {
    await this.checker?.close();
  }

  private lease(member: Member): Lease {
    let isHeld = true;
    member.connections += 1;
    return {
      backend: member.backend,
      release: (outcome = 'ok') => {
        if (!isHeld) return;
        isHeld = false;
        member.connections -= 1;
        if (outcome === 'failed') this.checker?.reportUnreachable(member.backend);
      },
    };
  }

  private onHealthChange({ url }: Backend, before: BackendHealth, now: BackendHealth): void {
    this.available = this.members.filter(({ backend }) => isAvailable(this.checker?.healthOf(backend) ?? UNPROVEN));
    const facts = { pool: this.name, backend: url, healthy: this.available.length, of: this.members.length };
    if (now.state === 'unhealthy') this.logger.warn({ ...facts, reason: now.reason }, 'backend is unhealthy');
    else if (before.state === 'unhealthy') this.logger.info(facts, 'backend is healthy again');
  }
}
