import type { CacheOptions } from '@slipstream/cache';
import { memoryShares, type Config } from '@slipstream/config';
import type { EventsOptions } from '@slipstream/events';
import type { DatabasePoolOptions } from '@slipstream/mongo';
import type { BrokerOptions } from '@slipstream/rabbitmq';
import type { SharedPurgesOptions } from '@slipstream/redis';

/** @returns undefined for `memory:` */
export const redisUrlOf = ({ redis }: Config): string | undefined => (redis.url === 'memory:' ? undefined : redis.url);

type DatabaseSettings = keyof Config['mongodb'] & keyof DatabasePoolOptions;

export const databaseOptions = ({ mongodb }: Config): Pick<DatabasePoolOptions, DatabaseSettings> => ({
  uri: mongodb.uri,
  maxPoolSize: mongodb.maxPoolSize,
  minPoolSize: mongodb.minPoolSize,
  maxIdleTimeMs: mongodb.maxIdleTimeMs,
  waitQueueTimeoutMs: mongodb.waitQueueTimeoutMs,
  serverSelectionTimeoutMs: mongodb.serverSelectionTimeoutMs,
  socketTimeoutMs: mongodb.socketTimeoutMs,
  slowQueryMs: mongodb.slowQueryMs,
  queryMonitor: mongodb.queryMonitor,
});

export const brokerOptions = ({ rabbitmq, service }: Config): Pick<BrokerOptions, 'url' | 'connectionName'> => ({
  url: rabbitmq.url,
  connectionName: `slipstream ${service}`,
});

export const eventsOptions = ({ events, cache }: Config): Pick<EventsOptions, 'retentionMs' | 'keyPrefix'> => ({
  retentionMs: events.retentionMs,
  keyPrefix: cache.prefix,
});

export const purgesOptions = ({ cache }: Config): Pick<SharedPurgesOptions, 'prefix'> => ({ prefix: cache.prefix });

export const busPrefix = ({ cache }: Config): string => cache.prefix;

type CacheSettings = 'prefix' | 'defaultTtlSeconds' | 'maxBytes';

export const cacheOptions = (config: Config): Pick<CacheOptions, CacheSettings> => ({
  prefix: `${config.cache.prefix}cache:`,
  defaultTtlSeconds: config.cache.ttlSeconds,
  maxBytes: config.cache.maxBytes ?? memoryShares(config).objectCacheBytes,
});
