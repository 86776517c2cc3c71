import { IngestionStore, type Embedder } from '@slipstream/documents';
import { Sweeper, type Stores } from '@slipstream/runtime';
import type { Logger, Telemetry } from '@slipstream/telemetry';
import type { VectorStore } from '@slipstream/vectors';
import type { NeededKind } from './needs.js';
import { wakeOutdatedDocuments, wakeOverdueDocuments } from './overdue-documents.js';
import { VectorMaintenance } from './vector-maintenance.js';

/** Interval of the maintenance of the vector store. */
const MAINTENANCE_MS = 30_000;

interface SweeperPorts {
  stores: Stores<NeededKind>;
  vectors: VectorStore;
  embedder: Embedder;
  telemetry: Telemetry;
  logger: Logger;
}

/** Starts the search for overdue documents, and the maintenance of the vector store. */
export function startSweepers(intervalMs: number, ports: SweeperPorts): { stop(): Promise<void> } {
  const { stores, vectors, embedder, telemetry, logger } = ports;
  const { database, queue } = stores;
  const ingestions = database.get(IngestionStore);
  const sweep = async (ending: AbortSignal): Promise<void> => {
    await wakeOverdueDocuments(ingestions, queue, ending);
    const { name } = await vectors.space(await embedder.identity());
    await wakeOutdatedDocuments({ ingestions, queue, vectors }, name, ending);
  };
  const maintenance = new VectorMaintenance(vectors, logger);
  maintenance.show(telemetry.registry);
  const sweepers = [
    new Sweeper({ intervalMs, sweep, logger }),
    new Sweeper({ intervalMs: MAINTENANCE_MS, sweep: () => maintenance.run(), logger }),
  ];
  for (const sweeper of sweepers) sweeper.start();
  return { stop: async () => void (await Promise.all(sweepers.map((sweeper) => sweeper.stop()))) };
}
