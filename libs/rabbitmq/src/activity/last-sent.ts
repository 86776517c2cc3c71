import { type Lane, LANES } from '@slipstream/contracts';

/** Something of some lanes, in ms. */
type PerLane = Partial<Record<Lane, number>>;

/**
 * When the youngest message of each lane was published that was taken from it, on a monotonic clock of the caller's.
 */
export class LastSent {
  private readonly at: PerLane = {};

  /** @param agoMs how long ago messages were published */
  note(agoMs: PerLane, now: number): void {
    for (const lane of LANES) {
      const ms = agoMs[lane];
      if (ms !== undefined) this.at[lane] = Math.max(this.at[lane] ?? -Infinity, now - ms);
    }
  }

  /** How long ago that was, in whole ms. */
  agoMs(now: number): PerLane {
    return Object.fromEntries(
      LANES.flatMap((lane) =>
        this.at[lane] === undefined ? [] : [[lane, Math.max(0, Math.round(now - this.at[lane]))]],
      ),
    );
  }
}
