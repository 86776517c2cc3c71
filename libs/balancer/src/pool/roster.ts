import type { Backend } from '../backend.js';
import type { Strategy } from '../strategies/strategy.js';
import type { Member } from './member.js';
import type { Pickable } from './pickable.js';

/** What a request asks of its backend. */
export interface PickOptions {
  /** Which backends come into question. Default: all. */
  accepts?: (backend: Backend) => boolean;
  /** What it is hashed by, for `consistent_hash`. */
  key?: string;
  /** URL of the backend that it belongs to: taken as long as that is reachable, draining or not. */
  stickTo?: string;
}

/** Chooses among those who may be picked just now. */
export class Roster {
  private pickable: Pickable = { groups: [], reachable: new Map(), hasTrials: false };

  /** @param maxConnections of one backend */
  constructor(
    private readonly strategy: Strategy,
    private readonly maxConnections: number,
  ) {}

  /** How many get new sessions. */
  get size(): number {
    return this.pickable.groups.reduce((count, group) => count + group.length, 0);
  }

  replace(pickable: Pickable): void {
    this.pickable = pickable;
  }

  /** @returns `nobody` when none that comes into question is well; `no room` when those that are have all they may have */
  choose({ accepts, key, stickTo }: PickOptions): Member | 'nobody' | 'no room' {
    const { groups, reachable, hasTrials } = this.pickable;
    const sticky = stickTo === undefined ? undefined : reachable.get(stickTo);
    if (sticky && accepts?.(sticky.backend) !== false) return this.hasRoom(sticky) ? sticky : 'no room';
    const isOpenToAll = !hasTrials && this.maxConnections === Infinity;
    let isAnyWell = false;
    for (const group of groups) {
      const accepted = accepts ? group.filter(({ backend }) => accepts(backend)) : group;
      const member = this.strategy.pick(isOpenToAll ? accepted : accepted.filter(this.hasRoom), key);
      if (member) return member;
      isAnyWell ||= accepted.length > 0;
    }
    return isAnyWell ? 'no room' : 'nobody';
  }

  /** One on trial takes one request of ours at a time. */
  private readonly hasRoom = (member: Member): boolean =>
    member.ejection.state === 'trial' ? member.ownConnections === 0 : member.connections < this.maxConnections;
}
