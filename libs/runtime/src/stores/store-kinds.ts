import { createCache, type CacheInvalidator, type CacheManager } from '@slipstream/cache';
import { createEvents, type EventLog, type JobSignals } from '@slipstream/events';
import { DatabaseStores } from '@slipstream/mongo';
import { MessageQueue, QueueActivity, createBroker, type Broker, type QueueActivityBoard } from '@slipstream/rabbitmq';
import { SharedPurges, type MessageBus } from '@slipstream/redis';
import { ObjectCacheCounts } from '../object-cache-counts.js';
import { showDatabase } from '../database-metrics.js';
import { Sweeper } from '../sweeper.js';
import { SharedQueries } from '../query-sharing.js';
import { showObjectCache } from '../object-cache-metrics.js';
import { shareQueueActivity } from '../queue-activity-sharing.js';
import { observerOf, type Opened, type StoreContext } from './opened.js';
import { brokerOptions, cacheOptions, databaseOptions, eventsOptions, purgesOptions } from './stores.options.js';

/** The stores of each kind. */
export interface StoreKinds {
  database: {
    /** The stores on MongoDB, found by class. */
    database: Pick<DatabaseStores, 'get' | 'indexChanges' | 'cacheQueries'>;
    /** Queries of all processes that share a Redis. */
    queries: SharedQueries;
  };
  queue: {
    broker: Broker;
    queue: MessageQueue;
    /** Queue activity of all processes that share a Redis. */
    queueActivity: QueueActivityBoard;
  };
  events: { log: EventLog; signals: JobSignals };
  cache: {
    cache: CacheManager;
    invalidator: CacheInvalidator;
    cacheCounts: ObjectCacheCounts;
    /** The purge log of all caches. Absent with `memory:`. */
    purges: SharedPurges | undefined;
  };
  /** Messages between the processes of a deployment. */
  bus: { bus: MessageBus };
}

export type StoreKind = keyof StoreKinds;

type Opener<K extends StoreKind> = (context: StoreContext) => Opened<StoreKinds[K]> | Promise<Opened<StoreKinds[K]>>;

/** At most one slow query is explained in this time, so explaining costs the database little. */
const EXPLAIN_INTERVAL_MS = 10_000;

/** How each kind is opened. */
export const OPENERS: { readonly [K in StoreKind]: Opener<K> } = {
  database: openDatabase,
  queue: openQueue,
  events: openEvents,
  cache: openCache,
  bus: ({ bus }) => ({ stores: { bus }, close: async () => undefined }),
};

async function openDatabase(context: StoreContext): Promise<Opened<StoreKinds['database']>> {
  const { config, telemetry, modules, bus } = context;
  const { logger, nestLogger } = telemetry;
  const options = { ...databaseOptions(config), logger, observe: observerOf(telemetry, 'mongodb') };
  const database = await DatabaseStores.open(options, modules, nestLogger);
  showDatabase(database, telemetry.registry);
  const queries = new SharedQueries(database, bus);
  const advisor = new Sweeper({ intervalMs: EXPLAIN_INTERVAL_MS, sweep: () => database.optimizer.look(), logger });
  advisor.start();
  return {
    stores: { database, queries },
    checked: { name: 'mongodb', check: () => database.check() },
    async close() {
      queries.stop();
      await advisor.stop();
      await database.close();
    },
  };
}

function openQueue({ config, telemetry, bus }: StoreContext): Opened<StoreKinds['queue']> {
  const { logger, metrics, tracer } = telemetry;
  const activity = new QueueActivity(metrics.queue);
  const settings = brokerOptions(config);
  const broker = createBroker({ ...settings, logger, metrics: activity, tracer });
  const sharing = shareQueueActivity(activity, bus);
  return {
    stores: { broker, queue: new MessageQueue(broker), queueActivity: sharing.board },
    ...(settings.url !== 'memory:' && { checked: { name: 'rabbitmq', check: () => broker.check() } }),
    async close() {
      sharing.stop();
      await broker.close();
    },
  };
}

function openEvents({ config, telemetry: { logger }, redis }: StoreContext): Opened<StoreKinds['events']> {
  const { log, signals } = createEvents({ ...eventsOptions(config), redis, logger });
  return { stores: { log, signals }, close: () => log.close() };
}

function openCache({ config, telemetry, redis }: StoreContext): Opened<StoreKinds['cache']> {
  const { logger, registry } = telemetry;
  const cacheCounts = new ObjectCacheCounts();
  const purges =
    redis && new SharedPurges(redis, { ...purgesOptions(config), onLag: (ms) => cacheCounts.busLag(ms), logger });
  const { manager, invalidator, close } = createCache({
    ...cacheOptions(config),
    redis,
    purges,
    observer: cacheCounts,
    logger,
  });
  showObjectCache(manager, cacheCounts, registry);
  return {
    stores: { cache: manager, invalidator, cacheCounts, purges },
    async close() {
      close();
      purges?.close();
    },
  };
}
