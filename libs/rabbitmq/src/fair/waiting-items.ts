import { LANES, type Lane } from '@slipstream/contracts';
import type { Admitted, Claimant } from './claimant.js';

/**
 * Limit of waiting items per lane. Above it, an item of the user with the most is dropped, and returns through the
 * sweeper.
 */
const MAX_WAITING = 1_000;
/** Ratio of interactive to background items while both wait, as in the queue. */
const INTERACTIVE_IN_A_ROW = 8;

/** Items of one user, in order of arrival. */
type Items = Map<string, Claimant>;

/** Items that wait for a place. The users take turns, each with its oldest item that may have one. */
export class WaitingItems {
  private readonly users: Readonly<Record<Lane, Map<string, Items>>> = {
    interactive: new Map(),
    background: new Map(),
  };
  private readonly sizes: Record<Lane, number> = { interactive: 0, background: 0 };
  private inARow = 0;

  add(claimant: Claimant, item: string): void {
    const { user, lane } = claimant;
    const items = this.users[lane].get(user) ?? new Map<string, Claimant>();
    if (items.has(item)) return;
    this.users[lane].set(user, items.set(item, claimant));
    this.sizes[lane] += 1;
    if (this.sizes[lane] > MAX_WAITING) this.dropOne(lane);
  }

  /** Removes and returns the next item whose claimant may have a place. */
  take(isFree: (claimant: Claimant) => boolean): Admitted | undefined {
    const [interactive, background] = LANES;
    const order = this.inARow >= INTERACTIVE_IN_A_ROW ? [background, interactive] : [interactive, background];
    for (const lane of order) {
      const found = this.takeFrom(lane, isFree);
      if (!found) continue;
      this.inARow = lane === background ? 0 : this.inARow + 1;
      return found;
    }
    return undefined;
  }

  private takeFrom(lane: Lane, isFree: (claimant: Claimant) => boolean): Admitted | undefined {
    for (const [user, items] of this.users[lane]) {
      const full = new Set<string>();
      for (const [item, claimant] of items) {
        if (full.has(claimant.group)) continue;
        if (isFree(claimant)) {
          this.remove(lane, user, item);
          this.toTheEnd(lane, user, items);
          return { item, claimant };
        }
        full.add(claimant.group);
      }
    }
    return undefined;
  }

  private toTheEnd(lane: Lane, user: string, items: Items): void {
    if (this.users[lane].delete(user) && items.size > 0) this.users[lane].set(user, items);
  }

  private dropOne(lane: Lane): void {
    let [most, items] = ['', new Map<string, Claimant>()];
    for (const [user, each] of this.users[lane]) if (each.size > items.size) [most, items] = [user, each];
    const newest = [...items.keys()].at(-1);
    if (newest !== undefined) this.remove(lane, most, newest);
  }

  private remove(lane: Lane, user: string, item: string): void {
    const items = this.users[lane].get(user);
    if (!items?.delete(item)) return;
    this.sizes[lane] -= 1;
    if (items.size === 0) this.users[lane].delete(user);
  }
}
