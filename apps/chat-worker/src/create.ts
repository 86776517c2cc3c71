import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { UserStore } from '@slipstream/access';
import { ChatStore, JobStore } from '@slipstream/chats';
import type { Config } from '@slipstream/config';
import { RemoteDocumentSearch, SearchSecretStore } from '@slipstream/documents';
import type { ModelPool } from '@slipstream/llm';
import { NotificationStore } from '@slipstream/notifications';
import { FairPlaces } from '@slipstream/rabbitmq';
import { QueueConsumer } from '@slipstream/rabbitmq/nest';
import { Sweeper, type Ports, type Service } from '@slipstream/runtime';
import { ChatTurns } from './chat-turns.js';
import {
  documentSearchUrl,
  generationOptions,
  placesOptions,
  sourceTokens,
  sweepIntervalMs,
} from './chat-worker.options.js';
import { ChatWorkerModule } from './chat-worker.module.js';
import { CompletionNotice } from './completion-notice.js';
import { Generation } from './generation.js';
import type { NeededKind } from './needs.js';
import { sendMissedNotices, wakeOverdueJobs } from './overdue-jobs.js';
import { QuestionSources, type PassageSearch } from './question-sources.js';

/** A cancellation takes effect within a second, even if its signal is lost. */
const CANCELLATION_CHECK_MS = 500;

interface ChatWorkerPorts {
  models: ModelPool;
  /** Default: the search of the document-worker that the configuration names. */
  documentSearch?: PassageSearch;
}

/** The running chat-worker: it consumes wake-ups from chat_queue, and publishes wake-ups of overdue jobs. */
export async function create(
  config: Config,
  { telemetry, stores, models, documentSearch }: Ports<NeededKind> & ChatWorkerPorts,
): Promise<Service> {
  const { database, broker, queue, log, signals } = stores;
  const jobs = database.get(JobStore);
  const logger = telemetry.logger.child({ service: 'chat-worker' });
  const options = generationOptions(config);
  const places = placesOptions(config);
  const notice = new CompletionNotice(
    jobs,
    database.get(ChatStore),
    database.get(UserStore),
    database.get(NotificationStore),
    queue,
    logger,
  );
  const sources = questionSources(config, database, documentSearch);
  const generation = new Generation({ jobs, log, models, logger, notice, sources, tracer: telemetry.tracer }, options);
  const turns = new ChatTurns(jobs, generation, models, new FairPlaces(places), options.leaseMs);
  const sweep = async (): Promise<void> => {
    await wakeOverdueJobs(jobs, queue, logger);
    await sendMissedNotices(jobs, notice);
  };
  const sweeper = new Sweeper({ intervalMs: sweepIntervalMs(config), sweep, logger });
  const cancellations = new Sweeper({
    intervalMs: CANCELLATION_CHECK_MS,
    sweep: () => generation.followCancellations(),
    logger,
  });
  const stopListening = signals.onCancel((jobId) => generation.cancel(jobId));

  const app = await NestFactory.createMicroservice<MicroserviceOptions>(ChatWorkerModule.with(turns), {
    strategy: new QueueConsumer({ broker, queue: 'chat_queue', concurrency: places.total, logger }),
    logger: telemetry.nestLogger,
  });
  await app.listen();
  sweeper.start();
  cancellations.start();

  return {
    async drain() {
      turns.drain();
      await sweeper.stop();
      await app.close();
    },
    async close() {
      stopListening();
      await cancellations.stop();
    },
  };
}

function questionSources(
  config: Config,
  database: Ports<NeededKind>['stores']['database'],
  search: PassageSearch = new RemoteDocumentSearch(documentSearchUrl(config), database.get(SearchSecretStore)),
): QuestionSources {
  return new QuestionSources(search, sourceTokens(config));
}
