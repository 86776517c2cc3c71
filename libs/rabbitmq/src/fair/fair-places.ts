import { LANES } from '@slipstream/contracts';
import type { Admitted, Claimant } from './claimant.js';
import { WaitingItems } from './waiting-items.js';

export interface FairPlacesOptions {
  /** Places in all. Minimum 1. */
  total: number;
  /** Most places of one group. Default: what {@link FairPlaces} leaves to it. */
  maxPerGroup?: number;
  /** Groups whose work never hangs: only the total bounds them. Default: none. */
  isQuick?: (group: string) => boolean;
}

/**
 * A group may hold three times as many places as are free: all its items hang, and a quarter is still left to others.
 */
const GROUP_SHARE = 3;
/** Within a group, a user may hold twice as many places as are left to the group. */
const USER_SHARE_OF_GROUP = 2;

/**
 * Who may work at a time, so that a group that hangs or a user who asks much leaves room to the others. A share is
 * measured by what is free (as dynamic thresholds in a shared buffer are), so one more claimant always finds a place as
 * long as there are places enough. Places that are given back go round the users that wait, interactive work first.
 */
export class FairPlaces {
  private held = 0;
  private readonly byGroup = new Map<string, number>();
  private readonly backgroundByGroup = new Map<string, number>();
  private readonly byUser = new Map<string, number>();
  private readonly byUserInGroup = new Map<string, number>();
  private readonly waiting = new WaitingItems();

  constructor(private readonly options: FairPlacesOptions) {}

  /** @returns whether the item has a place now; if not, it waits, and {@link next} will return it */
  take(claimant: Claimant, item: string): boolean {
    if (!this.isFree(claimant)) {
      this.waiting.add(claimant, item);
      return false;
    }
    this.count(claimant, 1);
    return true;
  }

  leave(claimant: Claimant): void {
    this.count(claimant, -1);
  }

  /** The item may have more to do, after those that wait. */
  wait(claimant: Claimant, item: string): void {
    this.waiting.add(claimant, item);
  }

  /** The item whose turn it is, with its place taken; undefined when nothing that waits may have one. */
  next(): Admitted | undefined {
    const admitted = this.waiting.take((claimant) => this.isFree(claimant));
    if (admitted) this.count(admitted.claimant, 1);
    return admitted;
  }

  private isFree(claimant: Claimant): boolean {
    const { group, user, lane } = claimant;
    const free = this.options.total - this.held;
    if (free <= 0) return false;
    if (this.options.isQuick?.(group)) return true;
    const max = this.options.maxPerGroup ?? this.options.total;
    const left = Math.min(max, GROUP_SHARE * free) - (this.byGroup.get(group) ?? 0);
    if (left <= 0 || (this.byUser.get(user) ?? 0) >= free) return false;
    if ((this.byUserInGroup.get(keyOf(claimant)) ?? 0) >= USER_SHARE_OF_GROUP * left) return false;
    return lane === LANES[0] || (this.backgroundByGroup.get(group) ?? 0) < Math.max(1, Math.floor(max / 2));
  }

  private count(claimant: Claimant, change: 1 | -1): void {
    const { group, user, lane } = claimant;
    this.held += change;
    if (this.options.isQuick?.(group)) return;
    add(this.byGroup, group, change);
    add(this.byUser, user, change);
    add(this.byUserInGroup, keyOf(claimant), change);
    if (lane !== LANES[0]) add(this.backgroundByGroup, group, change);
  }
}

const keyOf = ({ group, user }: Claimant): string => `${user}\n${group}`;

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
