import type { ClientSession, Connection, Query, Schema } from 'mongoose';
import { afterCommit } from '../queries/transaction.js';
import { queryCacheOf } from './query-cache.js';

const WRITES = [
  'updateOne',
  'updateMany',
  'replaceOne',
  'deleteOne',
  'deleteMany',
  'findOneAndUpdate',
  'findOneAndReplace',
  'findOneAndDelete',
] as const;

/**
 * Has every write of a model drop the cached queries of its collection before it resolves; within a transaction, after
 * the commit. Writes that pass Mongoose by (a driver's collection) drop nothing.
 * @returns the schema
 */
export function cachedQueries<S extends Schema>(schema: S): S {
  schema.post([...WRITES], { document: false, query: true }, async function (this: Query<unknown, unknown>) {
    await drop(this.model, idsIn(this.getFilter()._id), this.getOptions().session ?? undefined);
  });
  schema.post('save', async function () {
    const { constructor } = this as unknown as { constructor: Target };
    await drop(constructor, [String(this._id)], this.$session() ?? undefined);
  });
  schema.post('insertMany', async function (this: Target) {
    await drop(this);
  });
  schema.post('bulkWrite', async function (this: Target) {
    await drop(this);
  } as never);
  return schema;
}

/** A model. */
interface Target {
  db: Connection;
  collection: { collectionName: string };
}

async function drop({ db, collection }: Target, ids?: string[], session?: ClientSession): Promise<void> {
  const cache = queryCacheOf(db);
  if (!cache) return;
  const wrote = () => cache.wrote(collection.collectionName, ids);
  if (!session || !afterCommit(session, wrote)) await wrote();
}

/** @returns undefined if the condition does not name its documents by their ids */
function idsIn(_id: unknown): string[] | undefined {
  if (typeof _id === 'string') return [_id];
  const list = (_id as { $in?: unknown } | undefined)?.$in;
  return Array.isArray(list) && list.every((id) => typeof id === 'string') ? list : undefined;
}
