import type { Connection, mongo } from 'mongoose';
import type { KeyPattern } from '../explain/plan-stage.js';
import { existingIndexes } from '../indexes/planned-index.js';

/** An index of a collection, and how often it was used. */
export interface CollectionIndex {
  collection: string;
  name: string;
  key: KeyPattern;
  /** Why it exists besides reads, or serves only some of them: such an index is never called superfluous. */
  purpose?: 'primary' | 'unique' | 'sparse' | 'partial' | 'ttl' | 'special';
  isHidden: boolean;
  /** It lacks some documents: a query that is forced to use it would lose them. */
  isIncomplete?: true;
  /** Reads that used it since `usedSince`, on the servers that answered. Absent if the server does not count them. */
  uses?: number;
  usedSince?: Date;
}

type Database = NonNullable<Connection['db']>;

/** The indexes of a collection; none if it does not exist. */
export async function indexesOf(db: Database, collection: string): Promise<CollectionIndex[]> {
  const [indexes, usage] = await Promise.all([existingIndexes(db, collection), usageOf(db, collection)]);
  return indexes.map((index) => {
    const name = String(index.name);
    return {
      collection,
      name,
      key: index.key as KeyPattern,
      purpose: purposeOf(index),
      isHidden: index.hidden === true,
      ...((index.sparse || index.partialFilterExpression) && { isIncomplete: true as const }),
      ...usage?.get(name),
    };
  });
}

interface Usage {
  uses: number;
  usedSince: Date;
}

/** @returns undefined if the server does not count uses, or refuses to show them */
async function usageOf(db: Database, collection: string): Promise<Map<string, Usage> | undefined> {
  try {
    const rows = await db
      .collection(collection)
      .aggregate([{ $indexStats: {} }])
      .toArray();
    const usage = new Map<string, Usage>();
    for (const { name, accesses } of rows as IndexStats[]) {
      const { uses, usedSince } = usage.get(name) ?? { uses: 0, usedSince: accesses.since };
      const since = accesses.since > usedSince ? accesses.since : usedSince; // the youngest count of all servers
      usage.set(name, { uses: uses + Number(accesses.ops), usedSince: since });
    }
    return usage;
  } catch {
    return undefined;
  }
}

/** One server's count for one index. */
interface IndexStats {
  name: string;
  accesses: { ops: number | bigint | mongo.Long; since: Date };
}

function purposeOf(index: mongo.IndexDescriptionInfo): CollectionIndex['purpose'] {
  if (index.name === '_id_') return 'primary';
  if (index.unique) return 'unique';
  if (index.expireAfterSeconds !== undefined) return 'ttl';
  if (index.partialFilterExpression) return 'partial';
  if (index.sparse) return 'sparse';
  const isPlain = Object.values(index.key).every((order) => Math.abs(Number(order)) === 1);
  return isPlain && !('collation' in index) ? undefined : 'special';
}
