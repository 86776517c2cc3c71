import type { Model, QueryFilter } from 'mongoose';

/** Work that somebody is to take up. */
interface Wakeable {
  /** When a worker is to be woken for it. */
  wakeAt: Date;
}

/** One of `filter`'s that somebody should have taken up by now; handed out once per `againAfterMs`, to one caller, however many sweepers there are. */
export function takeOverdue<T extends Wakeable>(model: Model<T>, filter: QueryFilter<T>, againAfterMs: number): Promise<T | null> {
  const now = Date.now();
  const overdue = { ...filter, wakeAt: { $lte: new Date(now) } };
  return model.findOneAndUpdate(overdue, { $set: { wakeAt: new Date(now + againAfterMs) } }).lean<T>().exec();
}
