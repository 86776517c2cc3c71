import { isDeepStrictEqual } from 'node:util';
import { mongo, type Connection, type Model } from 'mongoose';
import { upgrade, upgradesOf, VERSION_FIELD, type Stored, type Upgrade } from './versioned.js';

const { BSON } = mongo;

const BATCH = 500;
/** A document that changes between its read and its write is tried again in the next pass. */
const MAX_PASSES = 5;

/** Documents of one collection that are stored in an older version. */
export interface Outdated {
  collection: string;
  /** The version that they get. */
  version: number;
  documents: number;
}

type Models = Pick<Connection, 'models'>;

/** The collections whose schema is of version 2 or later, with the number of documents of older versions. */
export const outdatedIn = ({ models }: Models): Promise<Outdated[]> =>
  Promise.all(
    Object.values(models)
      .filter((model) => upgradesOf(model).length > 0)
      .map(async (model) => {
        const version = upgradesOf(model).length + 1;
        const documents = await rawOf(model).countDocuments(olderThan(version));
        return { collection: model.collection.collectionName, version, documents };
      }),
  );

/**
 * Stores the documents of a collection that are of an older version in the current one, in batches. A stopped migration
 * continues where it was, because migrated documents are no longer found.
 * @param onBatch called after each batch, with the number of documents migrated so far
 * @returns the number of documents migrated
 */
export async function migrate(
  { models }: Models,
  collection: string,
  onBatch: (migrated: number) => void = () => undefined,
): Promise<number> {
  const model = Object.values(models).find((each) => each.collection.collectionName === collection);
  if (!model) throw new Error(`No model stores documents in ${collection}.`);
  let migrated = 0;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    let found = 0;
    for await (const batch of batchesOf(rawOf(model), upgradesOf(model).length + 1)) {
      found += batch.length;
      migrated += await store(rawOf(model), batch, upgradesOf(model));
      onBatch(migrated);
    }
    if (found === 0) break;
  }
  return migrated;
}

type RawCollection = mongo.Collection<mongo.BSON.Document>;

/** Without Mongoose: a migration is no change that `updatedAt` shows. */
const rawOf = ({ db, collection }: Model<unknown>): RawCollection => db.collection(collection.collectionName);

const olderThan = (version: number): object => ({ [VERSION_FIELD]: { $not: { $gte: version } } });

async function* batchesOf(raw: RawCollection, version: number): AsyncGenerator<mongo.WithId<Stored>[]> {
  let after: object = {};
  for (;;) {
    const batch = await raw
      .find({ ...olderThan(version), ...after })
      .sort({ _id: 1 })
      .limit(BATCH)
      .toArray();
    const last = batch.at(-1);
    if (!last) return;
    yield batch;
    after = { _id: { $gt: last._id } };
  }
}

/** @returns how many were written: the ones that no process changed meanwhile */
async function store(raw: RawCollection, batch: mongo.WithId<Stored>[], upgrades: readonly Upgrade[]): Promise<number> {
  const operations = batch.map((document) => ({ updateOne: changeOf(document, upgrades) }));
  const { modifiedCount } = await raw.bulkWrite(operations, { ordered: false });
  return modifiedCount;
}

/** Writes the fields that the upgrade changed, if they still have the values that it read. */
function changeOf(before: mongo.WithId<Stored>, upgrades: readonly Upgrade[]): mongo.UpdateOneModel {
  const after: Stored = BSON.deserialize(BSON.serialize(before));
  upgrade(after, upgrades);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  const gone = changed.filter((name) => !(name in after));
  const unchanged = changed.map((name) => [name, name in before ? { $eq: before[name] } : { $exists: false }]);
  return {
    filter: { _id: before._id, ...Object.fromEntries(unchanged) },
    update: {
      $set: Object.fromEntries(changed.filter((name) => name in after).map((name) => [name, after[name]])),
      ...(gone.length > 0 && { $unset: Object.fromEntries(gone.map((name) => [name, ''])) }),
    },
  };
}
