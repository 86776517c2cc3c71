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
 * Returns the document of `filter` that should have been taken up first, if its time has come. It is handed out once
 * per `againAfterMs`, to one caller among all sweepers. Without the order, an index would list all documents of one
 * state first, and many of these would hide the others for as long as they wait.
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
      .sort({ wakeAt: 1 })
      .lean<T>()
      .exec();
  });
}
