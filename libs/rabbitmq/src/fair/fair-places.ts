import { LANES } from '@slipstream/contracts';
import type { Admitted, Claimant } from './claimant.js';
import { WaitingItems } from './waiting-items.js';

export interface FairPlacesOptions {
  /** Total number of places. Minimum 1. */
  total: number;
  /** Largest number of places of one group. Default: its fair share. */
  maxPerGroup?: number;
  /**
   * Whether one user may take all places. For work that always ends, because the next user then waits for a place.
   * Default: false.
   */
  lendsFreePlaces?: boolean;
  /** Groups whose work never hangs: only the total limits them. Default: none. */
  isQuick?: (group: string) => boolean;
}

/** A group may use three times as many places as are free: even if all its items hang, a quarter is left to others. */
const GROUP_SHARE = 3;
/** Within a group, a user may use twice as many places as are left to the group. */
const USER_SHARE_OF_GROUP = 2;

/**
 * Decides which items run, so that a group that hangs, or a user with many items, leaves places to others. A share
 * depends on the free places (as with dynamic thresholds in a shared buffer), so that one more claimant always finds a
 * place if there are enough. Freed places rotate among the waiting users, interactive work first.
 */
export class FairPlaces {
  private held = 0;
  private readonly byGroup = new Map<string, number>();
  private readonly backgroundByGroup = new Map<string, number>();
  private readonly byUser = new Map<string, number>();
  private readonly byUserInGroup = new Map<string, number>();
  private readonly waiting = new WaitingItems();

  constructor(private readonly options: FairPlacesOptions) {}

  /** @returns whether the item has a place now; if not, it waits, and {@link next} returns it later */
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

  /** The item may have further work, behind the waiting items. */
  wait(claimant: Claimant, item: string): void {
    this.waiting.add(claimant, item);
  }

  /** Returns the next item with its place; undefined if no waiting item may have one. */
  next(): Admitted | undefined {
    const admitted = this.waiting.take((claimant) => this.isFree(claimant));
    if (admitted) this.count(admitted.claimant, 1);
    return admitted;
  }

  private isFree(claimant: Claimant): boolean {
    const { group, lane } = claimant;
    const free = this.options.total - this.held;
    if (free <= 0) return false;
    if (this.options.isQuick?.(group)) return true;
    const max = this.options.maxPerGroup ?? this.options.total;
    const used = this.byGroup.get(group) ?? 0;
    if (used >= max || !(this.options.lendsFreePlaces || this.isWithinShare(claimant, free, max))) return false;
    return lane === LANES[0] || (this.backgroundByGroup.get(group) ?? 0) < Math.max(1, Math.floor(max / 2));
  }

  private isWithinShare({ group, user }: Claimant, free: number, max: number): boolean {
    const left = Math.min(max, GROUP_SHARE * free) - (this.byGroup.get(group) ?? 0);
    if (left <= 0 || (this.byUser.get(user) ?? 0) >= free) return false;
    return (this.byUserInGroup.get(keyOf({ group, user })) ?? 0) < USER_SHARE_OF_GROUP * left;
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

const keyOf = ({ group, user }: Pick<Claimant, 'group' | 'user'>): string => `${user}\n${group}`;

function add(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
