import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { Config } from '@slipstream/config';
import { DocumentSearch, DocumentStore, SearchSecretStore, type EmbeddingServer } from '@slipstream/documents';
import type { Broker } from '@slipstream/rabbitmq';
import { QueueConsumer } from '@slipstream/rabbitmq/nest';
import type { Ports, Service } from '@slipstream/runtime';
import type { Logger, Telemetry } from '@slipstream/telemetry';
import { LanceStore } from '@slipstream/vectors/lance';
import { documentTurns } from './create-document-work.js';
import { createEmbedder } from './create-embedder.js';
import type { DocumentTurns } from './document-turns.js';
import { DocumentWorkerModule, SearchModule } from './document-worker.module.js';
import { isConcurrencyLowered, placesOptions, sweepIntervalMs, vectorsOptions } from './document-worker.options.js';
import type { NeededKind } from './needs.js';
import { requireSearchSecret } from './search.guard.js';
import { startSweepers } from './sweepers.js';

/** The running document-worker with its search. */
export type DocumentWorker = Service & { search: DocumentSearch };

/** The running document-worker: it consumes wake-ups from document_queue, and alone opens the vector store. */
export async function create(
  config: Config,
  { telemetry, stores, models }: Ports<NeededKind> & { models?: EmbeddingServer },
): Promise<DocumentWorker> {
  const { database, broker } = stores;
  const logger = telemetry.logger.child({ service: 'document-worker' });
  const vectors = new LanceStore(vectorsOptions(config));
  const embedder = createEmbedder(config, stores, models);
  const turns = documentTurns(config, { stores, vectors, embedder, logger, tracer: telemetry.tracer });
  const search = new DocumentSearch(database.get(DocumentStore), vectors, embedder);
  const { total } = placesOptions(config);
  if (isConcurrencyLowered(config))
    logger.warn({ files: total }, 'documents.concurrency is lowered: the memory limit does not hold so many files');
  const app = await consume(turns, total, { broker, telemetry, logger });
  const sweepers = startSweepers(sweepIntervalMs(config), { stores, vectors, embedder, telemetry, logger });
  return {
    search,
    management: {
      modules: [SearchModule.with(search)],
      guard: requireSearchSecret(database.get(SearchSecretStore)),
    },
    async drain() {
      turns.drain();
      await sweepers.stop();
      await app.close();
    },
    close: () => vectors.close(),
  };
}

/** Starts to consume wake-ups from document_queue. */
async function consume(
  turns: DocumentTurns,
  concurrency: number,
  { broker, telemetry, logger }: { broker: Broker; telemetry: Telemetry; logger: Logger },
): Promise<{ close(): Promise<void> }> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(DocumentWorkerModule.with(turns), {
    strategy: new QueueConsumer({ broker, queue: 'document_queue', concurrency, logger }),
    logger: telemetry.nestLogger,
  });
  await app.listen();
  return app;
}
