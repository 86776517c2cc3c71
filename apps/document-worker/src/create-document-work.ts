import type { Config } from '@slipstream/config';
import {
  DocumentRemoval,
  ExternalExtractor,
  Ingestion,
  IngestionStore,
  PartStore,
  TextExtraction,
  type Embedder,
} from '@slipstream/documents';
import type { Tracer } from '@slipstream/contracts';
import { FileBucket } from '@slipstream/mongo';
import { FairPlaces } from '@slipstream/rabbitmq';
import type { Stores } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import type { VectorStore } from '@slipstream/vectors';
import { DocumentTurns } from './document-turns.js';
import { DocumentWork } from './document-work.js';
import {
  externalExtractorOptions,
  extractionOptions,
  ingestionOptions,
  placesOptions,
  workOptions,
} from './document-worker.options.js';
import type { NeededKind } from './needs.js';

interface WorkPorts {
  stores: Stores<NeededKind>;
  vectors: VectorStore;
  embedder: Embedder;
  logger: Logger;
  tracer?: Tracer;
}

/** Builds the turns of documents, and their work, over the stores of the process. */
export function documentTurns(config: Config, ports: WorkPorts): DocumentTurns {
  const { stores, vectors, embedder } = ports;
  return new DocumentTurns(
    stores.database.get(IngestionStore),
    documentWork(config, ports),
    { vectors, embedder },
    new FairPlaces(placesOptions(config)),
    workOptions(config).leaseMs,
  );
}

function documentWork(config: Config, { stores, vectors, embedder, logger, tracer }: WorkPorts): DocumentWork {
  const { database, invalidator, log } = stores;
  const ingestions = database.get(IngestionStore);
  const parts = database.get(PartStore);
  const files = database.get(FileBucket);
  const external = externalExtractor(config);
  const extraction = new TextExtraction({ ingestions, parts, files, external }, extractionOptions(config));
  const ingestion = new Ingestion({ ingestions, parts, extraction, vectors, embedder, log }, ingestionOptions(config));
  const removal = new DocumentRemoval(ingestions, parts, files, vectors);
  return new DocumentWork({ ingestions, ingestion, removal, invalidator, log, logger, tracer }, workOptions(config));
}

function externalExtractor(config: Config): ExternalExtractor | undefined {
  const options = externalExtractorOptions(config);
  return options && new ExternalExtractor(options);
}
