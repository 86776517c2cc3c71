import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { CacheInvalidator, CacheManager } from '@slipstream/cache';
import { ModelPool } from '@slipstream/llm';
import { ChatStore, JobStore, UserStore } from '@slipstream/mongo';
import { MessageQueue } from '@slipstream/rabbitmq';
import type { Stores } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import { schemaValidation } from '../http/schema-validation.js';
import { Access } from './access.js';
import { ChatRemoval } from './chat-removal.js';
import { ChatsController } from './chats.controller.js';
import { JobBacklog } from './job-backlog.js';
import { JobCancellation } from './job-cancellation.js';
import { JobEvents } from './job-events.js';
import { JobsController } from './jobs.controller.js';
import { MessagesController } from './messages.controller.js';
import { ModelsController } from './models.controller.js';
import { GATEWAY_LOGGER } from '../http/gateway-logger.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { UsersController } from './users.controller.js';

/** What the native API works on. */
export interface NativePorts {
  stores: Stores;
  models: ModelPool;
  /** Most generations that may be open. */
  maxOpenJobs: number;
  logger: Logger;
}

/** The native API: people, chats, messages, jobs and models. */
@Module({})
export class NativeModule {
  static with(ports: NativePorts): DynamicModule {
    return {
      module: NativeModule,
      controllers: [UsersController, ChatsController, MessagesController, JobsController, ModelsController],
      providers: [...values(ports), ...edges(ports.logger)],
    };
  }
}

function values({ stores, models, maxOpenJobs, logger }: NativePorts): Provider[] {
  const { users, chats, jobs, queue, log, signals, cache, invalidator } = stores;
  const cancellation = new JobCancellation(jobs, log, signals, logger);
  return [
    { provide: UserStore, useValue: users },
    { provide: ChatStore, useValue: chats },
    { provide: JobStore, useValue: jobs },
    { provide: MessageQueue, useValue: queue },
    { provide: CacheManager, useValue: cache },
    { provide: CacheInvalidator, useValue: invalidator },
    { provide: ModelPool, useValue: models },
    { provide: GATEWAY_LOGGER, useValue: logger },
    { provide: JobBacklog, useValue: new JobBacklog(jobs, maxOpenJobs) },
    { provide: JobCancellation, useValue: cancellation },
    { provide: JobEvents, useValue: new JobEvents(jobs, log) },
    { provide: ChatRemoval, useValue: new ChatRemoval(chats, jobs, cancellation, invalidator) },
    { provide: Access, useValue: new Access(cache, chats, jobs) },
  ];
}

/** What every request passes on its way in, and every error on its way out. */
const edges = (logger: Logger): Provider[] => [
  { provide: APP_PIPE, useValue: schemaValidation() },
  { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
];
