import { messageOf } from '@slipstream/contracts';
import type { Logger, Registry } from '@slipstream/telemetry';
import { collect } from '@slipstream/telemetry';
import type { SpaceStatistics, VectorStore } from '@slipstream/vectors';

/** Each batch of passages adds a fragment, and a search opens them all. */
const MAX_FRAGMENTS = 40;
/** Rows without an index are scanned by each search. */
const MAX_UNINDEXED_ROWS = 2_000;

/** Joins the fragments of the vector store if there are many, and reports its sizes as metrics. */
export class VectorMaintenance {
  private seen: SpaceStatistics[] = [];
  private failures = 0;

  constructor(
    private readonly vectors: VectorStore,
    private readonly logger: Logger,
  ) {}

  /** One round; never rejects. */
  async run(): Promise<void> {
    try {
      const seen: SpaceStatistics[] = [];
      for (const space of await this.vectors.existing(await this.vectors.names())) {
        const { fragments, unindexedRows } = await space.statistics();
        if (fragments > MAX_FRAGMENTS || unindexedRows > MAX_UNINDEXED_ROWS) await space.maintain();
        seen.push(await space.statistics());
      }
      this.seen = seen;
    } catch (error) {
      this.failures += 1;
      this.logger.warn({ reason: messageOf(error) }, 'maintenance of the vector store failed; the next round retries');
    }
  }

  show(registry: Registry): void {
    const sizes = [
      ['slipstream_vectors_rows', 'Passages in the vector store.', 'rows'],
      ['slipstream_vectors_fragments', 'Data files of the vector store; maintenance joins them.', 'fragments'],
      ['slipstream_vectors_unindexed_rows', 'Passages that the keyword index does not cover yet.', 'unindexedRows'],
      ['slipstream_vectors_bytes', 'Bytes of the vector store.', 'bytes'],
    ] as const;
    for (const [name, help, field] of sizes) {
      const read = () => [[{}, this.seen.reduce((sum, each) => sum + each[field], 0)] as const];
      collect(registry, { type: 'gauge', name, help, labelNames: [], read });
    }
    collect(registry, {
      type: 'counter',
      name: 'slipstream_vectors_maintenance_failures_total',
      help: 'Rounds of maintenance of the vector store that failed; if it grows, the log has the cause.',
      labelNames: [],
      read: () => [[{}, this.failures] as const],
    });
  }
}
