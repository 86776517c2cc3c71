import type { Connection, mongo } from 'mongoose';
import { plannedIndexes, type PlannedIndex } from './planned-index.js';

/**
 * Creates the indexes without which data would become wrong or unbounded, and all indexes of collections without
 * documents, which takes no time. The build of any other index would burden a database that serves, so that an operator
 * starts it: `npm run db:indexes`.
 * @returns the indexes that are still missing, or exist with other options
 */
export async function createStartIndexes(connection: Pick<Connection, 'db' | 'models'>): Promise<PlannedIndex[]> {
  const planned = await plannedIndexes(connection);
  const now = planned.filter(isBuiltAtStart);
  const byCollection = Map.groupBy(now, ({ collection }) => collection);
  await Promise.all(
    [...byCollection].map(([collection, indexes]) =>
      connection.db
        ?.collection(collection)
        .createIndexes(
          indexes.map(({ key, name, options }) => ({ ...options, key: key as mongo.IndexDescription['key'], name })),
        ),
    ),
  );
  return planned.filter((index) => index.state !== 'present' && !now.includes(index));
}

const isBuiltAtStart = ({ state, isEssential, documents }: PlannedIndex): boolean =>
  state === 'missing' && (isEssential || documents === 0);
