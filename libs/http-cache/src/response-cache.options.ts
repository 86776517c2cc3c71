import { steadyNow } from '@slipstream/contracts';
import type { MessageBus } from '@slipstream/redis';
import type { CacheObserver } from './cache-observer.port.js';
import type { AnswerDeltas } from './store/answer-deltas.port.js';
import type { AnswerImprover } from './store/answer-improver.port.js';
import type { SharedResponseStore } from './store/shared-store.port.js';

/** Options of {@link ResponseCache}. */
export interface ResponseCacheOptions {
  /** In memory: of all answers, keys, fields and bookkeeping included. Default 256 MiB, minimum 1. */
  maxBytes?: number;
  /** In memory. Default 100,000, minimum 1. */
  maxEntries?: number;
  /**
   * In memory: answers of one URL (or of one partition's share of it) that differ by Vary; the oldest goes first.
   * Default 32, minimum 1.
   */
  maxVariants?: number;
  /** Larger bodies are passed on, and not kept. Default 8 MiB. */
  maxBodyBytes?: number;
  /**
   * Bodies on their way into the store, and bodies that have left it while slow clients still read them, together; what
   * comes on top is passed on, and not kept. Default 64 MiB.
   */
  maxBufferedBytes?: number;
  /** How long a stale answer is kept to be validated. Default 3,600,000. */
  staleRetentionMs?: number;
  /**
   * How long after it became stale an answer may stand in when the origin can't be reached (RFC 9111 section 4.2.4).
   * Default 60,000.
   */
  unreachableGraceMs?: number;
  /** How long a URL whose answer could not be shared is remembered as such. Default 10,000, minimum 1. */
  unshareableMemoryMs?: number;
  /**
   * Longest that clients wait for the fetch of another one. Then they get a stale answer that may be used while the
   * origin fails, or ask another backend. At most a second where neither a rule nor a stored answer says that the
   * answer will be for several. Default 3,000, minimum 1.
   */
  coalesceWaitMs?: number;
  /**
   * Longest that one slow client may hold up those who share an answer too large to be kept; it is broken off then.
   * Default 10,000, minimum 1.
   */
  stallMs?: number;
  /** What several processes share; ends with the cache. Absent: this process's memory is all. */
  shared?: SharedResponseStore;
  /** By which purges reach the other processes. Absent: there are none. */
  bus?: MessageBus;
  /**
   * Calls back whenever messages of the bus may have been missed, until the function that it returns is called: all
   * that is in memory is dropped then. With Redis: {@link missedMessages}.
   */
  onMissed?: (listener: () => void) => () => void;
  /** Makes answers smaller after they are stored. Absent: they stay as the origin sent them. */
  improver?: AnswerImprover;
  /** Forms of files that never change, for clients with a dictionary. Absent: none. */
  deltas?: AnswerDeltas;
  /** Default: nobody counts. */
  observer?: CacheObserver;
  /** In ms since the epoch; never jumps, for all durations are by it. Default `steadyNow`. */
  clock?: () => number;
  /**
   * In ms since the epoch; for comparison with dates that others write. Default `Date.now`, or the `clock` that is
   * given.
   */
  wallClock?: () => number;
}

const MIB = 1024 * 1024;

export const withDefaults = (options: ResponseCacheOptions) => ({
  maxBytes: 256 * MIB,
  maxEntries: 100_000,
  maxVariants: 32,
  maxBodyBytes: 8 * MIB,
  maxBufferedBytes: 64 * MIB,
  staleRetentionMs: 3_600_000,
  unreachableGraceMs: 60_000,
  unshareableMemoryMs: 10_000,
  coalesceWaitMs: 3_000,
  stallMs: 10_000,
  observer: {} as CacheObserver,
  clock: steadyNow,
  wallClock: options.clock ?? Date.now,
  ...options,
});
