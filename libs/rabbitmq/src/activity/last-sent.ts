import { type Lane, LANES } from '@slipstream/contracts';

/** A duration in ms, by lane. */
type PerLane = Partial<Record<Lane, number>>;

/** Publishing time of the youngest consumed message of each lane, on a monotonic clock of the caller. */
export class LastSent {
  private readonly at: PerLane = {};

  /** @param agoMs age of the messages */
  note(agoMs: PerLane, now: number): void {
    for (const lane of LANES) {
      const ms = agoMs[lane];
      if (ms !== undefined) this.at[lane] = Math.max(this.at[lane] ?? -Infinity, now - ms);
    }
  }

  /** Returns the age, in whole ms. */
  agoMs(now: number): PerLane {
    return Object.fromEntries(
      LANES.flatMap((lane) =>
        this.at[lane] === undefined ? [] : [[lane, Math.max(0, Math.round(now - this.at[lane]))]],
      ),
    );
  }
}
