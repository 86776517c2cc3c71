import { createCache, type CacheInvalidator, type CacheManager } from '@slipstream/cache';
import type { Config } from '@slipstream/config';
import { createEvents, type EventLog, type JobSignals } from '@slipstream/events';
import { BackendOverlayStore, DatabasePool, IdempotentAnswerStore } from '@slipstream/mongo';
import { ChatStore, JobStore, RemovalStore } from '@slipstream/chats';
import { DeliveryStore, InboxStore, NotificationPreferenceStore, NotificationStore } from '@slipstream/notifications';
import { UserStore } from '@slipstream/access';
import { createBroker, MessageQueue, QueueActivity, type Broker, type QueueActivityBoard } from '@slipstream/rabbitmq';
import { redisBus, RedisConnections, SharedPurges, silentBus, type MessageBus } from '@slipstream/redis';
import type { Telemetry } from '@slipstream/telemetry';
import { ObjectCacheCounts } from './object-cache-counts.js';
import { showObjectCache } from './object-cache-metrics.js';
import { shareQueueActivity } from './queue-activity-sharing.js';
import {
  brokerOptions,
  busPrefix,
  cacheOptions,
  databaseOptions,
  eventsOptions,
  inboxOptions,
  purgesOptions,
  redisUrlOf,
} from './stores.options.js';

/** Something that is asked by health. */
interface Checked {
  name: string;
  check(): Promise<void>;
}

/** The stores of one process. Each connects by itself and comes back by itself; none is waited for. */
export interface Stores {
  users: UserStore;
  chats: ChatStore;
  jobs: JobStore;
  notifications: NotificationStore;
  deliveries: DeliveryStore;
  inbox: InboxStore;
  notificationPreferences: NotificationPreferenceStore;
  backendOverlays: BackendOverlayStore;
  idempotentAnswers: IdempotentAnswerStore;
  removals: RemovalStore;
  broker: Broker;
  queue: MessageQueue;
  /** What all processes that share a Redis do with the queues. */
  queueActivity: QueueActivityBoard;
  log: EventLog;
  signals: JobSignals;
  cache: CacheManager;
  invalidator: CacheInvalidator;
  cacheCounts: ObjectCacheCounts;
  /** Between the processes of a deployment. */
  bus: MessageBus;
  /** For what is kept in Redis and is the app's own affair. Absent with `memory:`. */
  redis: RedisConnections | undefined;
  /** Whether what is in Redis may be trusted, for all caches. Absent with `memory:`. */
  purges: SharedPurges | undefined;
  /** What health asks: the stores that are other processes. */
  dependencies: Checked[];
  close(): Promise<void>;
}

/** Opens what `config` names. `memory:` keeps queue, events and cache in this process. */
export function openStores(config: Config, { logger, metrics, registry }: Telemetry): Stores {
  const observer = (dependency: string) => (operation: string, outcome: 'ok' | 'error', seconds: number) =>
    metrics.dependency.observe(dependency, operation, outcome, seconds);
  const redisUrl = redisUrlOf(config);
  const redis =
    redisUrl === undefined ? undefined : new RedisConnections({ url: redisUrl, logger, observe: observer('redis') });
  const database = new DatabasePool({ ...databaseOptions(config), logger, observe: observer('mongodb') });
  const stores = {
    users: new UserStore(database),
    chats: new ChatStore(database),
    jobs: new JobStore(database),
    notifications: new NotificationStore(database),
    deliveries: new DeliveryStore(database),
    inbox: new InboxStore(database, inboxOptions(config)),
    notificationPreferences: new NotificationPreferenceStore(database),
    backendOverlays: new BackendOverlayStore(database),
    idempotentAnswers: new IdempotentAnswerStore(database),
    removals: new RemovalStore(database),
  };
  database.start();
  const activity = new QueueActivity(metrics.queue);
  const brokerSettings = brokerOptions(config);
  const broker = createBroker({ ...brokerSettings, logger, metrics: activity });
  const events = createEvents({ ...eventsOptions(config), redis, logger });
  const cacheCounts = new ObjectCacheCounts();
  const purges =
    redis && new SharedPurges(redis, { ...purgesOptions(config), onLag: (ms) => cacheCounts.busLag(ms), logger });
  const cache = createCache({ ...cacheOptions(config), redis, purges, observer: cacheCounts, logger });
  showObjectCache(cache.manager, cacheCounts, registry);
  const bus = redis ? redisBus(redis, busPrefix(config)) : silentBus;
  const sharing = shareQueueActivity(activity, bus);

  return {
    ...stores,
    broker,
    queue: new MessageQueue(broker),
    queueActivity: sharing.board,
    ...events,
    cache: cache.manager,
    invalidator: cache.invalidator,
    cacheCounts,
    bus,
    redis,
    purges,
    dependencies: [
      { name: 'mongodb', check: () => database.check() },
      ...(redis ? [{ name: 'redis', check: () => redis.check() }] : []),
      ...(brokerSettings.url === 'memory:' ? [] : [{ name: 'rabbitmq', check: () => broker.check() }]),
    ],
    async close() {
      sharing.stop();
      cache.close();
      purges?.close();
      await Promise.allSettled([broker.close(), events.log.close(), database.close()]);
      await redis?.close();
    },
  };
}
