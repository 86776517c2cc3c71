import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, mongo } from 'mongoose';
import { numberOf, objectOf, objectsOf } from '../explain/explain-json.js';
import type { DeclaredIndex } from './declared-index.js';

const POLL_MS = 1_000;

/** Progress of a build. */
export interface BuildProgress {
  elapsedMs: number;
  /** Share that the server reports, from 0 to 1. Absent if it reports none. */
  share?: number;
}

type Database = NonNullable<Connection['db']>;

/** Builds one index, and reports its progress every second. */
export async function buildIndex(
  db: Database,
  { collection, key, name, options }: Pick<DeclaredIndex, 'collection' | 'key' | 'name' | 'options'>,
  onProgress: (progress: BuildProgress) => void = () => undefined,
): Promise<void> {
  const startedAt = performance.now();
  const ended = new AbortController();
  const build = db.collection(collection).createIndex(key as mongo.IndexSpecification, { ...options, name });
  const watch = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await delay(POLL_MS, undefined, { signal: ended.signal });
      onProgress({ elapsedMs: performance.now() - startedAt, share: await builtShare(db, collection) });
    }
  };
  const watching = watch().catch(() => undefined);
  try {
    await build;
  } finally {
    ended.abort();
    await watching;
  }
}

/** The server reports the progress of its operations to users with the role for it. */
async function builtShare(db: Database, collection: string): Promise<number | undefined> {
  const filter = { currentOp: 1, 'command.createIndexes': collection };
  const report = await db
    .admin()
    .command(filter)
    .catch(() => undefined);
  for (const operation of objectsOf(objectOf(report).inprog)) {
    const { done, total } = objectOf(operation.progress);
    const all = numberOf(total);
    if (all) return (numberOf(done) ?? 0) / all;
  }
  return undefined;
}
