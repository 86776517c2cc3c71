import type { Table } from '@lancedb/lancedb';
import type {
  Chunk,
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
    return orUnavailable(async () => (await this.searchByIds(query)) ?? (await this.searchWhole(query)));
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

  /**
   * Finds ids first, and then reads each row that is in one of the lists once: that takes half of the time.
   * @returns undefined if rows were moved or deleted meanwhile; an id is a place in a file, which compaction replaces
   */
  private async searchByIds(query: VectorQuery): Promise<VectorMatches | undefined> {
    const [byText, byVector] = await this.lists<{ _rowid: bigint }>(query, ['_rowid']);
    const ids = [...new Set([...byText, ...byVector].map(({ _rowid }) => _rowid))];
    if (ids.length === 0) return { byText: [], byVector: [] };
    const found = await rowsOf(this.table, ids);
    const chunkOf = ({ _rowid }: { _rowid: bigint }): Chunk | undefined => found.get(_rowid);
    const matches = { byText: byText.map(chunkOf), byVector: byVector.map(chunkOf) };
    const isOwn = (chunk: Chunk | undefined): boolean => chunk?.userId === query.userId;
    return [...matches.byText, ...matches.byVector].every(isOwn) ? (matches as VectorMatches) : undefined;
  }

  private async searchWhole(query: VectorQuery): Promise<VectorMatches> {
    const [byText, byVector] = await this.lists<StoredRow>(query, CHUNK_COLUMNS);
    return { byText: byText.map(toChunk), byVector: byVector.map(toChunk) };
  }

  /** Both lists, with these columns of their rows. */
  private lists<Row>(query: VectorQuery, columns: readonly string[]): Promise<[Row[], Row[]]> {
    return Promise.all([
      this.searchText(query, columns) as Promise<Row[]>,
      this.searchVector(query, columns) as Promise<Row[]>,
    ]);
  }

  private searchText({ text, limit, ...scope }: VectorQuery, columns: readonly string[]): Promise<unknown[]> {
    const query = this.table.query().fullTextSearch(text, { columns: ['text'] });
    return query
      .where(conditionOf(scope))
      .withRowId()
      .select([...columns, '_score'])
      .limit(limit)
      .toArray();
  }

  /**
   * Vectors are compared one by one, which finds the nearest ones for certain. The index finds most of them, and is
   * used only where such a scan takes too long. All vectors have length 1, so the order by dot product is that by
   * cosine, at half of the cost.
   */
  private async searchVector({ vector, limit, ...scope }: VectorQuery, columns: readonly string[]): Promise<unknown[]> {
    if (!vector) return [];
    const nearest = this.table
      .query()
      .nearestTo(vector)
      .where(conditionOf(scope))
      .withRowId()
      .select([...columns, '_distance'])
      .limit(limit);
    const query = (await this.isLarge(scope))
      ? nearest.distanceType('cosine').nprobes(PROBES)
      : nearest.distanceType('dot').bypassVectorIndex();
    return query.toArray();
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

/** The rows that still have these ids, by id; none if a file of them is gone. */
async function rowsOf(table: Table, ids: readonly bigint[]): Promise<Map<bigint, Chunk>> {
  const query = table.takeRowIds(ids).withRowId();
  const rows = (await query
    .select([...CHUNK_COLUMNS, '_rowid'])
    .toArray()
    .catch(() => [])) as (StoredRow & { _rowid: bigint })[];
  return new Map(rows.map((row) => [row._rowid, toChunk(row)]));
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
