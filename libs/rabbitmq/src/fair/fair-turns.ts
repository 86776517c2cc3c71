import type { Admitted, Claimant } from './claimant.js';
import type { FairPlaces } from './fair-places.js';

/** The place that an item is to work in. */
export interface Place {
  /**
   * To be called once it is known what the place is for, before the work.
   * @returns false when the item has none now: it waits, and its turn comes later
   */
  admit(claimant: Claimant): boolean;
}

/**
 * One turn of an item.
 * @returns whether the item may have more to do
 */
export type Turn = (item: string, place: Place) => Promise<boolean>;

/**
 * Works on items in places that are shared fairly. An item that finds no place holds up nobody: its wake-up is done
 * with, and whoever gives a place back goes on with the items that wait.
 */
export class FairTurns {
  private isDraining = false;

  constructor(
    private readonly places: FairPlaces,
    private readonly turn: Turn,
  ) {}

  /** From now on nothing is begun any more; what waits is the sweeper's, in another worker. */
  drain(): void {
    this.isDraining = true;
  }

  /**
   * Resolves when the item's turn, and the turns of those that could go on because of it, have ended.
   * @throws what the item's own turn throws
   */
  async work(item: string): Promise<void> {
    if (this.isDraining) return;
    await this.take(item, undefined);
    await this.goOn();
  }

  /**
   * One after the other, and at the same time all that may have a place: a freed one may be what several waited for.
   */
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

  /** What fails is left to the sweeper. */
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
