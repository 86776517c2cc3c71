import { isDeepStrictEqual } from 'node:util';
import type { Connection, mongo } from 'mongoose';
import { declaredIndexes, type DeclaredIndex } from './declared-index.js';

/** A declared index beside what the database has. */
export interface PlannedIndex extends DeclaredIndex {
  /** `different`: an index of this name or key exists, with other options. */
  state: 'present' | 'missing' | 'different';
  /** Documents of the collection, by the server's estimate. */
  documents: number;
}

type Database = NonNullable<Connection['db']>;
type Existing = mongo.IndexDescriptionInfo;

const NAMESPACE_NOT_FOUND = 26;

/** Compares the declared indexes of each collection with those that exist. */
export async function plannedIndexes(connection: Pick<Connection, 'db' | 'models'>): Promise<PlannedIndex[]> {
  const { db } = connection;
  if (!db) throw new Error('The connection is not open.');
  const byCollection = Map.groupBy(declaredIndexes(connection), ({ collection }) => collection);
  const planned = await Promise.all(
    [...byCollection].map(([collection, declared]) => compared(db, collection, declared)),
  );
  return planned.flat();
}

async function compared(db: Database, collection: string, declared: DeclaredIndex[]): Promise<PlannedIndex[]> {
  const existing = await existingIndexes(db, collection);
  const documents = existing.length === 0 ? 0 : await db.collection(collection).estimatedDocumentCount();
  return declared.map((index) => ({ ...index, state: stateOf(index, existing), documents }));
}

/** None if the collection does not exist. */
export async function existingIndexes(db: Database, collection: string): Promise<Existing[]> {
  try {
    return await db.collection(collection).indexes();
  } catch (error) {
    if ((error as mongo.MongoServerError).code === NAMESPACE_NOT_FOUND) return [];
    throw error;
  }
}

function stateOf(index: DeclaredIndex, existing: readonly Existing[]): PlannedIndex['state'] {
  const found = existing.find(({ name, key }) => name === index.name || sameKey(key, index.key));
  if (!found) return 'missing';
  return sameKey(found.key, index.key) && isDeepStrictEqual(meaningOf(found), meaningOf(index.options))
    ? 'present'
    : 'different';
}

/** Two keys with their fields in another order are two indexes. */
const sameKey = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The options that change what an index does. */
const meaningOf = ({ unique, sparse, expireAfterSeconds, partialFilterExpression }: mongo.CreateIndexesOptions) => ({
  unique: unique === true,
  sparse: sparse === true,
  expireAfterSeconds,
  partialFilterExpression,
});
