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

/** Chooses among those who may be picked just now. */
export class Roster {
  private pickable: Pickable = { groups: [], reachable: new Map(), hasTrials: false };

  /**
   * @param strategies of the pool, one for each kind of load
   * @param maxConnections requests of one backend
   */
  constructor(
    private readonly strategies: Readonly<Record<keyof Load, Strategy>>,
    private readonly maxConnections: number,
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
    const isOpenToAll = isSession || (!hasTrials && this.maxConnections === Infinity);
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
    return isAnyWell ? 'no room' : 'nobody';
  }

  /** One on trial takes one request of ours at a time; those from before its ejection may go on for long. */
  private hasRoom(member: Member, ownLimit: number): boolean {
    if (member.connections >= this.maxConnections || member.own.requests >= ownLimit) return false;
    return member.ejection.state !== 'trial' || member.trialUnderWay !== member.ejection;
  }
}
