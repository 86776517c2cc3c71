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
   * Vectors are compared one by one, which finds the nearest ones for certain. The index finds most of them, and is
   * used only where such a scan takes too long.
   */
  private async searchVector({ vector, limit, ...scope }: VectorQuery): Promise<StoredRow[]> {
    if (!vector) return [];
    const nearest = this.table
      .query()
      .nearestTo(vector)
      .distanceType('cosine')
      .where(conditionOf(scope))
      .select([...CHUNK_COLUMNS, '_distance'])
      .limit(limit);
    const query = (await this.isLarge(scope)) ? nearest.nprobes(PROBES) : nearest.bypassVectorIndex();
    return (await query.toArray()) as StoredRow[];
  }

  private async isLarge(scope: Pick<VectorQuery, 'userId' | 'documentIds'>): Promise<boolean> {
    return (await this.hasIndex()) && (await this.table.countRows(conditionOf(scope))) > MAX_SCANNED_ROWS;
  }

  private hasIndex(): Promise<boolean> {
    this.isIndexed ??= hasVectorIndex(this.table).catch((error: unknown) => {
      this.isIndexed = undefined;
      throw error;
    });
    return this.isIndexed;
  }
}

/** A scan of 100,000 rows takes 300 ms on two cores. */
const MAX_SCANNED_ROWS = 20_000;
/** Partitions that a search by the index looks through; of 100,000 rows there are 316. */
const PROBES = 64;

const conditionOf = ({ userId, documentIds }: Pick<VectorQuery, 'userId' | 'documentIds'>): string => {
  const own = columnIn('userId', [userId]);
  return documentIds === undefined ? own : `${own} AND ${columnIn('documentId', documentIds)}`;
};

/** SQL; the names of columns are case-sensitive only in backticks. */
const columnIn = (column: string, values: readonly string[]): string =>
  `\`${column}\` IN (${values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')})`;
