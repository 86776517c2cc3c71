import type { Model, QueryFilter } from 'mongoose';
import type { DatabaseClock } from './database-clock.js';
import { reanchored } from './reanchored.js';

/** Work that a worker is to take up. */
interface Wakeable {
  _id: string;
  /** When a worker is to be woken for it. */
  wakeAt: Date;
  setAt?: Date;
}

/**
 * Returns one of `filter`'s that a worker should have taken up by now. It is handed out once per `againAfterMs`, to one
 * caller among all sweepers.
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
