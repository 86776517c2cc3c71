import type { Logger } from '@slipstream/contracts';
import type { RedisConnections } from '@slipstream/redis';
import type { EventLog } from './event-log.js';
import type { FollowerLimits } from './follow/follower.js';
import type { JobSignals } from './job-signals.js';
import { MemoryEventLog } from './memory/memory.event-log.js';
import { MemoryJobSignals } from './memory/memory.job-signals.js';
import { RedisEventLog } from './redis/redis.event-log.js';
import { RedisJobSignals } from './redis/redis.job-signals.js';

/** Options of {@link createEvents}. */
export interface EventsOptions {
  /** Where events and signals are stored. Absent: in memory, visible to this process only. */
  redis?: RedisConnections;
  /** How long a job's events are kept after its last one. Default 3,600,000 (one hour), minimum 1. */
  retentionMs?: number;
  /** Prefix of Redis keys and channels. Default `slipstream:`. */
  keyPrefix?: string;
  /** In memory: size limit of all events together; above it the oldest finished jobs are dropped. Default 64 MiB. */
  maxBytes?: number;
  /**
   * Largest number of events that wait for a slow follower before it must read the log again. Default 1000, minimum 1.
   */
  maxBufferedEvents?: number;
  /**
   * Largest size of events that wait for a slow follower before it must read the log again. Default 1 MiB, minimum 1.
   */
  maxBufferedBytes?: number;
  /**
   * Longest time that a follower waits for an unreachable Redis, from the start of the outage. Default 5000, minimum 0.
   */
  reconnectWaitMs?: number;
  logger: Logger;
}

/** The event log and the signals of a deployment. Closing the log does not close the Redis connections. */
export function createEvents(options: EventsOptions): { log: EventLog; signals: JobSignals } {
  const { redis, retentionMs = 3_600_000, keyPrefix = 'slipstream:', maxBytes = 64 * 1024 * 1024, logger } = options;
  const follower = followerLimits(options);
  logger.debug({ driver: redis ? 'redis' : 'memory', retentionMs }, 'event log chosen');
  if (!redis) return { log: new MemoryEventLog({ retentionMs, maxBytes, follower }), signals: new MemoryJobSignals() };
  return {
    log: new RedisEventLog(redis, { retentionMs, keyPrefix, follower }),
    signals: new RedisJobSignals(redis, keyPrefix),
  };
}

function followerLimits(options: EventsOptions): FollowerLimits {
  const { maxBufferedEvents = 1_000, maxBufferedBytes = 1024 * 1024, reconnectWaitMs = 5_000 } = options;
  return { maxEvents: maxBufferedEvents, maxBytes: maxBufferedBytes, reconnectWaitMs };
}
