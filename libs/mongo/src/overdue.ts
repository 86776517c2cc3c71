import type { Model, QueryFilter } from 'mongoose';
import type { DatabaseClock } from './database-clock.js';
import { reanchored } from './reanchored.js';

/** Work that somebody is to take up. */
interface Wakeable {
  _id: string;
  /** When a worker is to be woken for it. */
  wakeAt: Date;
  setAt?: Date;
}

/**
 * One of `filter`'s that somebody should have taken up by now; handed out once per `againAfterMs`, to one caller,
 * however many sweepers there are.
 */
export function takeOverdue<T extends Wakeable>(
  model: Model<T>,
  filter: QueryFilter<T>,
  againAfterMs: number,
  clock: DatabaseClock,
): Promise<T | null> {
  return reanchored(model, filter, 'wakeAt', clock, () => {
    const overdue = { ...filter, wakeAt: { $lte: new Date(clock.settledNow()) } };
    const setAt = clock.now();
    return model
      .findOneAndUpdate(overdue, { $set: { wakeAt: new Date(setAt + againAfterMs), setAt: new Date(setAt) } })
      .lean<T>()
      .exec();
  });
}
