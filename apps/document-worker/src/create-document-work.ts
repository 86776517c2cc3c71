import type { Config } from '@slipstream/config';
import { DocumentRemoval, Ingestion, IngestionStore, PartStore, type Embedder } from '@slipstream/documents';
import { FileBucket } from '@slipstream/mongo';
import type { Stores } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import type { VectorStore } from '@slipstream/vectors';
import { DocumentWork } from './document-work.js';
import { ingestionOptions, workOptions } from './document-worker.options.js';
import type { NeededKind } from './needs.js';

interface WorkPorts {
  stores: Stores<NeededKind>;
  vectors: VectorStore;
  embedder: Embedder;
  logger: Logger;
}

/** Builds the work on claimed documents over the stores of the process. */
export function documentWork(config: Config, { stores, vectors, embedder, logger }: WorkPorts): DocumentWork {
  const { database, invalidator, log } = stores;
  const ingestions = database.get(IngestionStore);
  const parts = database.get(PartStore);
  const files = database.get(FileBucket);
  const ingestion = new Ingestion({ ingestions, parts, files, vectors, embedder, log }, ingestionOptions(config));
  const removal = new DocumentRemoval(ingestions, parts, files, vectors);
  return new DocumentWork({ ingestions, ingestion, removal, invalidator, log, logger }, workOptions(config));
}
