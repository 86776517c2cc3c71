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
  /** Where events and signals go. Absent: this process's memory, seen by this process only. */
  redis?: RedisConnections;
  /** How long a job's events are kept after its last one. Default 3,600,000 (one hour), minimum 1. */
  retentionMs?: number;
  /** What Redis keys and channels begin with. Default `slipstream:`. */
  keyPrefix?: string;
  /** In memory: the size of all events together, past which the oldest finished jobs are forgotten. Default 64 MiB. */
  maxBytes?: number;
  /** Most events that wait for one slow follower before it is sent back to the log. Default 1000, minimum 1. */
  maxBufferedEvents?: number;
  /** Most bytes that wait for one slow follower before it is sent back to the log. Default 1 MiB, minimum 1. */
  maxBufferedBytes?: number;
  /** Longest time that a follower waits for a Redis that is away, from its going. Default 5000, minimum 0. */
  reconnectWaitMs?: number;
  logger: Logger;
}

/** The event log and the signals of a deployment. Closing the log leaves the Redis connections to their owner. */
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
