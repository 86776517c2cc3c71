import type { Model, QueryFilter } from 'mongoose';
import { MAX_SKEW_MS } from '@slipstream/contracts';
import type { DatabaseClock } from './database-clock.js';

/** Documents that one call brings back. */
const BATCH = 1_000;
/** The fields of a document that say how long it rests. */
const RESTS = ['claimableAt', 'wakeAt', 'dueAt'] as const;

/** A document that rests: under a lease, or before it is to be taken up. */
interface Resting extends Partial<Record<(typeof RESTS)[number], Date>> {
  _id: string;
  /** When the rest began, by the database's clock. Absent on documents of older versions. */
  setAt?: Date;
}

/**
 * Takes one of `filter`'s. If there is none, it looks for rests that begin in the future: the database's clock was set
 * back since. They begin now then, and last as long as they were meant to. A live worker has time to renew its lease.
 * @param rest the field that `take` compares. A rest ends after it begins, so an index on it bounds the search
 * @param take null when none has rested long enough
 */
export async function reanchored<T extends Resting, R>(
  model: Model<T>,
  filter: QueryFilter<T>,
  rest: (typeof RESTS)[number],
  clock: DatabaseClock,
  take: () => Promise<R | null>,
): Promise<R | null> {
  return (await take()) ?? ((await reanchor(model, filter, rest, clock.now())) ? take() : null);
}

async function reanchor<T extends Resting>(
  model: Model<T>,
  filter: QueryFilter<T>,
  rest: (typeof RESTS)[number],
  now: number,
): Promise<boolean> {
  const fields = Object.fromEntries([...RESTS, 'setAt'].map((name) => [name, 1]));
  const isAhead = { $gt: new Date(now + MAX_SKEW_MS) };
  const ahead = await model
    .find({ ...filter, [rest]: isAhead, setAt: isAhead }, fields)
    .limit(BATCH)
    .lean<Required<Resting>[]>();
  if (ahead.length === 0) return false;
  const updates = ahead.map((rest) => ({
    updateOne: { filter: { _id: rest._id, setAt: rest.setAt }, update: { $set: begunAt(now, rest) } },
  }));
  // Straight to the driver: that a clock was set is no change of the document, so `updatedAt` stays.
  await model.db.collection<Resting>(model.collection.collectionName).bulkWrite(updates, { ordered: false });
  return true;
}

function begunAt(now: number, { setAt, ...rest }: Required<Resting>): Partial<Resting> {
  const shiftMs = setAt.getTime() - now;
  const shifted = RESTS.flatMap((name) => (rest[name] ? [[name, new Date(rest[name].getTime() - shiftMs)]] : []));
  return { ...Object.fromEntries(shifted), setAt: new Date(now) };
}
