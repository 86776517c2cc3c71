import type { Model } from 'mongoose';

/** A document that is stored if it does not exist, and else changed. */
export interface Upsert<T> {
  _id: string;
  /** Set in any case. */
  set?: Partial<T>;
  /** Set if the document does not exist. */
  insert?: Partial<T>;
}

/**
 * Stores documents by their ids, in one round trip. One that fails does not hinder the others.
 * @returns the number of documents that did not exist
 */
export async function bulkUpsert<T extends { _id: string }>(
  model: Model<T>,
  documents: readonly Upsert<T>[],
): Promise<number> {
  if (documents.length === 0) return 0;
  const writes = documents.map(({ _id, set, insert }) => ({
    updateOne: {
      filter: { _id },
      update: { ...(set && { $set: set }), ...(insert && { $setOnInsert: insert }) },
      upsert: true,
    },
  }));
  const { upsertedCount } = await model.bulkWrite(writes as Parameters<Model<T>['bulkWrite']>[0], { ordered: false });
  return upsertedCount;
}
