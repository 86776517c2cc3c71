import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { UserStore } from '@slipstream/access';
import { CacheInvalidator, CacheManager } from '@slipstream/cache';
import { ChatRemoval, ChatStore, JobCancellation, JobStore, UserRemoval } from '@slipstream/chats';
import { DocumentStore } from '@slipstream/documents';
import { ProblemFilter } from '@slipstream/health';
import { ModelPool } from '@slipstream/llm';
import {
  InboxStore,
  NotificationPreferenceStore,
  NotificationStore,
  Templates,
  type Template,
} from '@slipstream/notifications';
import { MessageQueue } from '@slipstream/rabbitmq';
import type { Stores } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import { AssetsController } from '../hosting/assets.controller.js';
import { hostingProviders, type HostingPorts } from '../hosting/hosting.providers.js';
import { findContext } from '../http/request-context.js';
import { GATEWAY_LOGGER } from '../http/gateway-logger.js';
import { IdempotentAnswerStore } from '../http/idempotent-answer.store.js';
import { schemaValidation } from '../http/schema-validation.js';
import { Access } from './access.js';
import { Backlog } from './backlog.js';
import { ChatsController } from './chats.controller.js';
import { documentProviders, type DocumentPorts } from './documents/documents.providers.js';
import { DocumentsController } from './documents/documents.controller.js';
import { followedJobs } from './followed-jobs.js';
import { JobDirectory } from './job-directory.js';
import { JobEvents } from './job-events.js';
import { JobsController } from './jobs.controller.js';
import { LoaderController } from './loader/loader.controller.js';
import { MessagesController } from './messages.controller.js';
import { ModelsController } from './models.controller.js';
import { InboxController } from './notifications/inbox.controller.js';
import { InboxEvents } from './notifications/inbox-events.js';
import { NotificationPreferencesController } from './notifications/notification-preferences.controller.js';
import { NotificationSender } from './notifications/notification-sender.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { OpenWebuiHookController } from './notifications/open-webui-hook.controller.js';
import { OpenWebuiHooks, type ConfiguredHook } from './notifications/open-webui-hooks.js';
import { Subscribers, type SubscriberLimits } from './streams/subscribers.js';
import type { Removals } from './removals.js';
import { UsersController } from './users.controller.js';

/** The database stores of the controllers. */
const STORES = [
  UserStore,
  ChatStore,
  JobStore,
  NotificationStore,
  InboxStore,
  NotificationPreferenceStore,
  IdempotentAnswerStore,
];

/** Dependencies of the native API. */
export interface NativePorts extends DocumentPorts, HostingPorts {
  stores: Stores;
  models: ModelPool;
  /** Largest number of open generations. */
  maxOpenJobs: number;
  /** Largest number of notifications that wait for dispatch. */
  maxOpenNotifications: number;
  subscribers: SubscriberLimits;
  cancellation: JobCancellation;
  removals: Removals;
  logger: Logger;
  /** The deployment's own templates of notifications, by kind. */
  templates: Readonly<Record<string, Template>>;
  hooks: readonly ConfiguredHook[];
  /** Aborted when the process begins to stop; endless streams end then. */
  draining: AbortSignal;
}

/** The native API: users, chats, messages, jobs, models, notifications and documents. */
@Module({})
export class NativeModule {
  static with(ports: NativePorts): DynamicModule {
    return {
      module: NativeModule,
      controllers: [
        UsersController,
        ChatsController,
        MessagesController,
        JobsController,
        ModelsController,
        NotificationsController,
        InboxController,
        NotificationPreferencesController,
        OpenWebuiHookController,
        DocumentsController,
        LoaderController,
        AssetsController,
      ],
      providers: [
        ...values(ports),
        ...notificationValues(ports),
        ...documentProviders(ports),
        ...hostingProviders(ports),
        ...edges(ports.logger),
      ],
    };
  }
}

function values({ stores, models, maxOpenJobs, subscribers, cancellation, removals, logger }: NativePorts): Provider[] {
  const { database, queue, log, cache, invalidator } = stores;
  const chats = database.get(ChatStore);
  const jobs = database.get(JobStore);
  const directory = new JobDirectory(jobs, database.get(DocumentStore));
  return [
    ...STORES.map((store) => ({ provide: store, useValue: database.get<object>(store) })),
    { provide: MessageQueue, useValue: queue },
    { provide: CacheManager, useValue: cache },
    { provide: CacheInvalidator, useValue: invalidator },
    { provide: ModelPool, useValue: models },
    { provide: GATEWAY_LOGGER, useValue: logger },
    {
      provide: Backlog,
      useValue: new Backlog(jobs, { max: maxOpenJobs, what: 'generations', setting: 'chat.maxOpenJobs' }),
    },
    { provide: JobCancellation, useValue: cancellation },
    { provide: Subscribers, useValue: new Subscribers(subscribers) },
    { provide: JobDirectory, useValue: directory },
    { provide: JobEvents, useValue: new JobEvents(followedJobs(directory), log) },
    { provide: ChatRemoval, useValue: removals.chats },
    { provide: UserRemoval, useValue: removals.users },
    { provide: Access, useValue: new Access(cache, chats, jobs) },
  ];
}

function notificationValues(ports: NativePorts): Provider[] {
  const { stores, logger, draining } = ports;
  const { database, log, queue } = stores;
  const notifications = database.get(NotificationStore);
  const backlog = new Backlog(notifications, {
    max: ports.maxOpenNotifications,
    what: 'notifications',
    setting: 'notifications.maxOpen',
  });
  return [
    { provide: Templates, useValue: new Templates(ports.templates) },
    { provide: NotificationSender, useValue: new NotificationSender(notifications, backlog, queue, logger) },
    {
      provide: InboxEvents,
      useValue: new InboxEvents(database.get(InboxStore), database.get(UserStore), log, draining),
    },
    { provide: OpenWebuiHooks, useValue: new OpenWebuiHooks(ports.hooks) },
  ];
}

/** Guards, pipes and filters of every request. */
const edges = (logger: Logger): Provider[] => [
  { provide: APP_PIPE, useValue: schemaValidation() },
  {
    provide: APP_FILTER,
    useValue: new ProblemFilter(
      (error, requestId) => logger.error({ err: error, requestId }, 'request failed'),
      ({ raw, id }) => findContext(raw)?.requestId ?? id,
    ),
  },
];
