import type { Table } from '@lancedb/lancedb';
import type {
  EmbeddedChunk,
  EmbedderIdentity,
  SpaceStatistics,
  VectorMatches,
  VectorQuery,
  VectorSpace,
} from '../vector-store.port.js';
import { CHUNK_COLUMNS, toChunk, toRow, type StoredRow } from './row-schema.js';
import { TEXT_INDEX, hasVectorIndex, maintainIndexes } from './space-indexes.js';
import { orUnavailable } from './unavailable.js';
import { WriteQueue } from './write-queue.js';

/** A search reads a version of the table, which must stay until the search has ended. */
const KEEP_VERSIONS_MS = 60_000;

/** A space as a table of LanceDB. */
export class LanceSpace implements VectorSpace {
  private readonly writes = new WriteQueue();
  private isIndexed?: Promise<boolean>;

  constructor(
    private readonly table: Table,
    readonly embedder: EmbedderIdentity,
  ) {}

  get name(): string {
    return this.table.name;
  }

  async add(rows: readonly EmbeddedChunk[]): Promise<void> {
    if (rows.length === 0) return;
    await orUnavailable(() => this.writes.run(() => this.table.add(rows.map(toRow))));
  }

  async deleteDocument(documentId: string, beforeFence?: number): Promise<void> {
    const earlier = beforeFence === undefined ? '' : ` AND fence < ${beforeFence}`;
    const condition = `${columnIn('documentId', [documentId])}${earlier}`;
    await orUnavailable(() => this.writes.run(() => this.table.delete(condition)));
  }

  search(query: VectorQuery): Promise<VectorMatches> {
    return orUnavailable(async () => {
      const [byText, byVector] = await Promise.all([this.searchText(query), this.searchVector(query)]);
      return { byText: byText.map(toChunk), byVector: byVector.map(toChunk) };
    });
  }

  statistics(): Promise<SpaceStatistics> {
    return orUnavailable(async () => {
      const [{ numRows, fragmentStats, totalBytes }, index] = await Promise.all([
        this.table.stats(),
        this.table.indexStats(TEXT_INDEX),
      ]);
      return {
        rows: numRows,
        fragments: fragmentStats.numFragments,
        unindexedRows: index?.numUnindexedRows ?? numRows,
        bytes: totalBytes,
      };
    });
  }

  async maintain(): Promise<void> {
    await orUnavailable(() =>
      this.writes.run(async () => {
        this.isIndexed = Promise.resolve(await maintainIndexes(this.table));
        await this.table.optimize({ cleanupOlderThan: new Date(Date.now() - KEEP_VERSIONS_MS) });
      }),
    );
  }

  private async searchText({ text, limit, ...scope }: VectorQuery): Promise<StoredRow[]> {
    const query = this.table.query().fullTextSearch(text, { columns: ['text'] });
    return (await query
      .where(conditionOf(scope))
      .select([...CHUNK_COLUMNS, '_score'])
      .limit(limit)
      .toArray()) as StoredRow[];
  }

  /**
   * The nearest partitions of the index may have too few rows of a small scope. A scope is searched whole if it is, or
   * if it is named by its documents; without an index always.
   */
  private async searchVector({ vector, limit, ...scope }: VectorQuery): Promise<StoredRow[]> {
    if (!vector) return [];
    const nearest = () =>
      this.table
        .query()
        .nearestTo(vector)
        .distanceType('cosine')
        .where(conditionOf(scope))
        .select([...CHUNK_COLUMNS, '_distance'])
        .limit(limit);
    if (scope.documentIds === undefined && (await this.hasIndex())) {
      const found = (await nearest().nprobes(PROBES).toArray()) as StoredRow[];
      if (found.length >= limit) return found;
    }
    return (await nearest().bypassVectorIndex().toArray()) as StoredRow[];
  }

  private hasIndex(): Promise<boolean> {
    this.isIndexed ??= hasVectorIndex(this.table).catch((error: unknown) => {
      this.isIndexed = undefined;
      throw error;
    });
    return this.isIndexed;
  }
}

/** Partitions that a search looks through; of 100,000 rows there are 316. */
const PROBES = 32;

const conditionOf = ({ userId, documentIds }: Pick<VectorQuery, 'userId' | 'documentIds'>): string => {
  const own = columnIn('userId', [userId]);
  return documentIds === undefined ? own : `${own} AND ${columnIn('documentId', documentIds)}`;
};

/** SQL; the names of columns are case-sensitive only in backticks. */
const columnIn = (column: string, values: readonly string[]): string =>
  `\`${column}\` IN (${values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')})`;
