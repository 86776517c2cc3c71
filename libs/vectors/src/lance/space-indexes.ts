import { Index, type Table } from '@lancedb/lancedb';

/** Name that LanceDB gives to the keyword index. */
export const TEXT_INDEX = 'text_idx';
const VECTOR_INDEX = 'vector_idx';

/** Below this number a scan of all vectors is as fast as an index, and finds all. */
const VECTOR_INDEX_FROM_ROWS = 50_000;

/** The indexes of a new table. */
export async function createIndexes(table: Table): Promise<void> {
  // Positions serve phrase queries only, and crash the compaction of LanceDB 0.32 and later.
  const text = Index.fts({ withPosition: false, stem: true, removeStopWords: true, asciiFolding: true });
  await table.createIndex('text', { config: text });
  await table.createIndex('userId', { config: Index.bitmap() });
  await table.createIndex('documentId', { config: Index.btree() });
}

/** Adds the vector index once there are enough rows to train it. */
export async function maintainIndexes(table: Table): Promise<void> {
  const indexes = await table.listIndices();
  if (indexes.some(({ name }) => name === VECTOR_INDEX)) return;
  if ((await table.countRows()) < VECTOR_INDEX_FROM_ROWS) return;
  await table.createIndex('vector', { config: Index.ivfPq({ distanceType: 'cosine' }) });
}
