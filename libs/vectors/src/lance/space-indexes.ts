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

/**
 * Adds the vector index once there are enough rows to train it. Its vectors are whole, for training of a product
 * quantizer takes minutes; a short training of the partitions takes seconds.
 * @returns whether the table has a vector index
 */
export async function maintainIndexes(table: Table): Promise<boolean> {
  if (await hasVectorIndex(table)) return true;
  const rows = await table.countRows();
  if (rows < VECTOR_INDEX_FROM_ROWS) return false;
  const numPartitions = Math.round(Math.sqrt(rows));
  const config = Index.ivfFlat({ distanceType: 'cosine', numPartitions, maxIterations: 10, sampleRate: 32 });
  await table.createIndex('vector', { config });
  return true;
}

export async function hasVectorIndex(table: Table): Promise<boolean> {
  return (await table.listIndices()).some(({ name }) => name === VECTOR_INDEX);
}
