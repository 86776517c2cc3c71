import type { Backend } from '../backend.js';
import type { Strategy } from '../strategies/strategy.js';
import type { Load, Member } from './member.js';
import type { Pickable } from './pickable.js';

/** What a request asks of its backend. */
export interface PickOptions {
  /** Which backends come into question. Default: all. */
  accepts?: (backend: Backend) => boolean;
  /** What it is hashed by, for `consistent_hash`. */
  key?: string;
  /** URL of the backend that it belongs to: taken as long as that is reachable, draining or not. */
  stickTo?: string;
  /**
   * Whose request it is, such as an address: no client may take every place of a bounded pool. Default: one for all.
   */
  client?: string;
  /** Whether it is a WebSocket: it counts among the sessions, and is chosen by their numbers. Default false. */
  isSession?: boolean;
}

/** What holds for every choice. */
export interface RosterLimits {
  /** Requests of one backend at a time. */
  maxConnections: number;
  /** Whether those that answer badly are used if no other one can be. */
  hasLastResort: boolean;
}

/** Chooses among those who may be picked just now. */
export class Roster {
  private pickable: Pickable = { groups: [], present: [], reachable: new Map(), hasTrials: false };

  /**
   * @param strategies of the pool, one for each kind of load
   * @param limits of the pool
   */
  constructor(
    private readonly strategies: Readonly<Record<keyof Load, Strategy>>,
    private readonly limits: RosterLimits,
  ) {}

  /** How many get new sessions. */
  get size(): number {
    return this.pickable.groups.reduce((count, group) => count + group.length, 0);
  }

  replace(pickable: Pickable): void {
    this.pickable = pickable;
  }

  /**
   * @param ownLimit requests that this process may have at one backend; Infinity unless other processes have waited
   * longer
   * @returns `nobody` when none that comes into question is well; `no room` when those that are have all they may have
   */
  choose({ accepts, key, stickTo, isSession }: PickOptions, ownLimit = Infinity): Member | 'nobody' | 'no room' {
    const { groups, reachable, hasTrials } = this.pickable;
    const sticky = stickTo === undefined ? undefined : reachable.get(stickTo);
    if (sticky && accepts?.(sticky.backend) !== false) {
      if (isSession || this.hasRoom(sticky, ownLimit)) return sticky;
      // what waits for a trial would wait for a backend that may be ill
      if (sticky.ejection.state !== 'trial') return 'no room';
    }
    const isOpenToAll = isSession || (!hasTrials && this.limits.maxConnections === Infinity);
    let isAnyWell = false;
    for (const group of groups) {
      const accepted = accepts ? group.filter(({ backend }) => accepts(backend)) : group;
      const open = isOpenToAll ? accepted : accepted.filter((member) => this.hasRoom(member, ownLimit));
      const member = isSession
        ? this.strategies.sessions.pick(
            open.map(({ asSession }) => asSession),
            key,
          )?.member
        : this.strategies.requests.pick(open, key);
      if (member) return member;
      isAnyWell ||= accepted.length > 0;
    }
    const last = this.limits.hasLastResort ? this.lastResort(accepts) : undefined;
    return last ?? (isAnyWell ? 'no room' : 'nobody');
  }

  /** A backend that is ejected, on trial or unhealthy, but there. */
  private lastResort(accepts: PickOptions['accepts']): Member | undefined {
    const isOpen = (member: Member): boolean =>
      member.connections < this.limits.maxConnections && accepts?.(member.backend) !== false;
    return this.strategies.requests.pick(this.pickable.present.filter(isOpen));
  }

  /** One on trial takes one request of ours at a time; those from before its ejection may go on for long. */
  private hasRoom(member: Member, ownLimit: number): boolean {
    if (member.connections >= this.limits.maxConnections || member.own.requests >= ownLimit) return false;
    return member.ejection.state !== 'trial' || member.trialUnderWay !== member.ejection;
  }
}
