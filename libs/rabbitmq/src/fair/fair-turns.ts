import type { Admitted, Claimant } from './claimant.js';
import type { FairPlaces } from './fair-places.js';

/** The place of an item. */
export interface Place {
  /**
   * Call it before the work, when the owner of the place is known.
   * @returns false if the item has no place now: it waits, and its turn comes later
   */
  admit(claimant: Claimant): boolean;
}

/**
 * One turn of an item.
 * @returns whether the item may have further work
 */
export type Turn = (item: string, place: Place) => Promise<boolean>;

/**
 * Runs items in fairly shared places. An item without a place blocks no other item: its wake-up is acknowledged, and
 * each freed place starts waiting items.
 */
export class FairTurns {
  private isDraining = false;

  constructor(
    private readonly places: FairPlaces,
    private readonly turn: Turn,
  ) {}

  /** Starts no further items; waiting ones are left to the sweeper, in another worker. */
  drain(): void {
    this.isDraining = true;
  }

  /**
   * Resolves when the turn of the item, and the turns that it made possible, have ended.
   * @throws the error of the item's own turn
   */
  async work(item: string): Promise<void> {
    if (this.isDraining) return;
    await this.take(item, undefined);
    await this.goOn();
  }

  /** One after the other, all items that may have a place: one freed place may unblock several. */
  private async goOn(): Promise<void> {
    const beside = new Set<Promise<void>>();
    for (let next = this.next(); next; next = this.next()) {
      for (let other = this.next(); other; other = this.next()) {
        const run: Promise<void> = this.takeQuietly(other)
          .then(() => this.goOn())
          .finally(() => beside.delete(run));
        beside.add(run);
      }
      await this.takeQuietly(next);
    }
    await Promise.all(beside);
  }

  /** Failed items are left to the sweeper. */
  private async takeQuietly({ item, claimant }: Admitted): Promise<void> {
    await this.take(item, claimant).catch(() => undefined);
  }

  private next(): Admitted | undefined {
    return this.isDraining ? undefined : this.places.next();
  }

  private async take(item: string, reserved: Claimant | undefined): Promise<void> {
    let held = reserved;
    const admit = (claimant: Claimant): boolean => {
      if (held && isSame(held, claimant)) return true;
      if (held) this.places.leave(held);
      held = this.places.take(claimant, item) ? claimant : undefined;
      return held !== undefined;
    };
    let hasMore = false;
    try {
      hasMore = await this.turn(item, { admit });
    } finally {
      if (held) this.places.leave(held);
      if (held && hasMore) this.places.wait(held, item);
    }
  }
}

const isSame = (a: Claimant, b: Claimant): boolean => a.group === b.group && a.user === b.user && a.lane === b.lane;
