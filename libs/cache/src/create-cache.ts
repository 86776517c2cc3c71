import type { Logger } from '@slipstream/contracts';
import { SharedPurges, type RedisConnections } from '@slipstream/redis';
import { CacheInvalidator } from './cache-invalidator.js';
import { CacheManager } from './cache-manager.js';
import type { CacheObserver } from './cache-observer.port.js';
import type { CacheStore } from './cache-store.port.js';
import { MemoryCacheStore } from './memory/memory.cache-store.js';
import { RedisCacheStore } from './redis/redis.cache-store.js';
import { TieredCacheStore, type PurgeReception } from './tiered/tiered.cache-store.js';

const MIB = 1024 * 1024;

/** Options of {@link createCache}. */
export interface CacheOptions {
  /** Shared store of all processes, behind this process's memory. Absent: memory only. */
  redis?: RedisConnections;
  /** The purge log that all caches of this process share. Default: one for this cache alone, behind `prefix`. */
  purges?: SharedPurges;
  /** Prefix of Redis keys. Default `slipstream:cache:`. */
  prefix?: string;
  /** Lifetime of values, minus up to a tenth. Default 3600, minimum 0.001. */
  defaultTtlSeconds?: number;
  /** Size limit of all keys and values in memory. Default 64 MiB. */
  maxBytes?: number;
  /** Encoded values larger than this are not cached. Default 1 MiB. */
  maxValueBytes?: number;
  /** Longest total time that a call waits for Redis before it goes to the source. Default 50, minimum 1. */
  redisWaitMs?: number;
  /** See SharedPurgesOptions; for a purge log of its own. */
  distrustMs?: number;
  /**
   * Number of calls of `delete` that are stored one by one during an outage of Redis. Above it, everything is dropped.
   * Default 10,000.
   */
  maxPendingInvalidations?: number;
  observer?: CacheObserver;
  logger: Logger;
}

/** The cache of a deployment. */
export interface Cache {
  manager: CacheManager;
  invalidator: CacheInvalidator;
  /** Stops timers. It does not close the Redis connections. */
  close(): void;
}

export function createCache(options: CacheOptions): Cache {
  const { defaultTtlSeconds = 3_600, maxValueBytes = MIB, observer } = options;
  const store = createStore(options);
  const manager = new CacheManager(store, { defaultTtlSeconds, maxValueBytes, observer });
  return { manager, invalidator: new CacheInvalidator(manager), close: () => store.close() };
}

function createStore(options: CacheOptions): CacheStore {
  const {
    redis,
    prefix = 'slipstream:cache:',
    maxBytes = 64 * MIB,
    redisWaitMs: waitMs = 50,
    maxPendingInvalidations: maxPending = 10_000,
    logger,
  } = options;
  if (!redis) return new MemoryCacheStore(maxBytes);
  const purges =
    options.purges ??
    new SharedPurges(redis, {
      prefix,
      distrustMs: options.distrustMs,
      onLag: (ms) => options.observer?.busLag?.(ms),
      logger,
    });
  const shared = new RedisCacheStore(purges, {
    prefix,
    waitMs,
    maxPending,
    onPurged: (purge) => store.follow(purge),
    logger,
  });
  const onMissed = (): void => store.forgetEverything();
  const close = (): void => {
    purges.off('missed', onMissed);
    if (!options.purges) purges.close();
  };
  const reception: PurgeReception = {
    get isLive() {
      return purges.isLive;
    },
    close,
  };
  const store: TieredCacheStore = new TieredCacheStore(reception, shared, maxBytes);
  purges.on('missed', onMissed);
  return store;
}
