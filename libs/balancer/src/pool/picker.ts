import type { CandidateIndex, Strategy } from '../strategies/strategy.js';
import type { EligibleBackends } from './eligible-backends.js';
import type { Load, PooledBackend } from './pooled-backend.js';
import type { PickOptions } from './pick-options.js';
import { NO_ROOM, NONE_HEALTHY, type Choice } from './pick-result.js';

/** Limits of every choice. */
export interface PickerLimits {
  /** Concurrent requests of one backend. */
  maxConnections: number;
  /** Whether unhealthy backends that still answer are used if no other one can be. */
  hasLastResort: boolean;
}

/** For this many backends or fewer, a scan costs less than an index. */
const SCANNED_MAX = 8;

/** Chooses among the eligible backends. An immutable snapshot, replaced at each change of a backend's state. */
export class Picker {
  /** By group; created at the first pick from the group. */
  private readonly indexes: (CandidateIndex<PooledBackend> | undefined)[] = [];

  /** @param strategies of the pool, one for each kind of load */
  constructor(
    private readonly eligible: EligibleBackends,
    private readonly strategies: Readonly<Record<keyof Load, Strategy>>,
    private readonly limits: PickerLimits,
  ) {}

  /** Number of backends that get new sessions. */
  get size(): number {
    return this.eligible.groups.reduce((count, group) => count + group.length, 0);
  }

  /**
   * @param ownLimit requests that this process may have at one backend; Infinity unless other processes have waited
   *   longer
   */
  choose(options: PickOptions, ownLimit: number): Choice {
    const { accepts, key, stickTo, isSession = false } = options;
    const sticky = stickTo === undefined ? undefined : this.eligible.byUrl.get(stickTo);
    if (sticky && accepts?.(sticky.backend) !== false) {
      if (isSession || this.hasRoom(sticky, ownLimit)) return sticky.chosen;
      // a request that waits for a half-open backend would wait for one that may still be unhealthy
      if (sticky.ejection.state !== 'half-open') return NO_ROOM;
    }
    const isPlain = !accepts && !isSession && ownLimit === Infinity && !this.eligible.hasHalfOpen;
    let isAnyHealthy = false;
    const { groups } = this.eligible;
    for (let at = 0; at < groups.length; at++) {
      const group = groups[at] as readonly PooledBackend[];
      const pooled =
        isPlain && group.length > SCANNED_MAX ? this.indexOf(at).pick(key) : this.scan(group, options, ownLimit);
      if (pooled) return pooled.chosen;
      isAnyHealthy ||= !accepts || group.some(({ backend }) => accepts(backend));
    }
    const last = this.limits.hasLastResort ? this.lastResort(accepts) : undefined;
    return last?.chosen ?? (isAnyHealthy ? NO_ROOM : NONE_HEALTHY);
  }

  /** Follows a change of a backend's load or weight. */
  update(pooled: PooledBackend): void {
    for (const index of this.indexes) index?.update(pooled);
  }

  /** Ends this picker, because another one replaces it. */
  end(): void {
    for (const index of this.indexes) index?.end?.();
  }

  private indexOf(at: number): CandidateIndex<PooledBackend> {
    const group = this.eligible.groups[at] as readonly PooledBackend[];
    return (this.indexes[at] ??= this.strategies.requests.index(group, this.limits.maxConnections));
  }

  private scan(
    group: readonly PooledBackend[],
    { accepts, key, isSession }: PickOptions,
    ownLimit: number,
  ): PooledBackend | undefined {
    const accepted = accepts ? group.filter(({ backend }) => accepts(backend)) : group;
    if (isSession) {
      const sessions = accepted.map(({ asSession }) => asSession);
      return this.strategies.sessions.pick(sessions, key)?.pooled;
    }
    const isOpenToAll = !this.eligible.hasHalfOpen && this.limits.maxConnections === Infinity;
    const open = isOpenToAll ? accepted : accepted.filter((pooled) => this.hasRoom(pooled, ownLimit));
    return this.strategies.requests.pick(open, key);
  }

  /** An ejected, half-open or unhealthy backend that still answers. */
  private lastResort(accepts: PickOptions['accepts']): PooledBackend | undefined {
    const isOpen = (pooled: PooledBackend): boolean =>
      pooled.connections < this.limits.maxConnections && accepts?.(pooled.backend) !== false;
    return this.strategies.requests.pick(this.eligible.answering.filter(isOpen));
  }

  /**
   * A half-open backend takes one request of this process at a time. Requests from before its ejection do not count.
   */
  private hasRoom(pooled: PooledBackend, ownLimit: number): boolean {
    if (pooled.connections >= this.limits.maxConnections || pooled.own.requests >= ownLimit) return false;
    return pooled.ejection.state !== 'half-open' || pooled.runningHalfOpen !== pooled.ejection;
  }
}
