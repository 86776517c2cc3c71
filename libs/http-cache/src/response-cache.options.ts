import { steadyNow } from '@slipstream/contracts';
import type { MessageBus } from '@slipstream/redis';
import type { CacheObserver } from './cache-observer.port.js';
import type { FormKind } from './policy/answer-forms.js';
import type { AnswerDeltas } from './store/answer-deltas.port.js';
import type { AnswerImprover } from './store/answer-improver.port.js';
import type { SharedResponseStore } from './store/shared-store.port.js';

/** Options of {@link ResponseCache}. */
export interface ResponseCacheOptions {
  /** In memory: limit of all answers with keys, fields and bookkeeping. Default 256 MiB, minimum 1. */
  maxBytes?: number;
  /** In memory. Default 100,000, minimum 1. */
  maxEntries?: number;
  /**
   * In memory: answers of one URL, or of one partition of it, that differ by Vary; the oldest is dropped first. Default
   * 32, minimum 1.
   */
  maxVariants?: number;
  /** Larger bodies are forwarded, and not stored. Default 8 MiB. */
  maxBodyBytes?: number;
  /**
   * Limit of the bodies that are being stored, and of dropped bodies that slow clients still read. Further bodies are
   * forwarded, and not stored. Default 64 MiB.
   */
  maxBufferedBytes?: number;
  /** How long a stale answer is kept for validation. Default 3,600,000. */
  staleRetentionMs?: number;
  /** How long a stale answer may be sent if the origin is unreachable (RFC 9111 section 4.2.4). Default 60,000. */
  unreachableGraceMs?: number;
  /** How long a URL is remembered whose answer could not be shared. Default 10,000, minimum 1. */
  unshareableMemoryMs?: number;
  /**
   * Longest wait of clients for the fetch of another one. Then they get a stale answer that may be used while the
   * origin fails, or send a request to another backend. At most a second if neither a rule nor a stored answer shows
   * that the answer will be shareable. Default 3,000, minimum 1.
   */
  coalesceWaitMs?: number;
  /**
   * Longest time for which one slow client may delay others that share an answer too large to be stored. It is broken
   * off then. Default 10,000, minimum 1.
   */
  stallMs?: number;
  /** Store of several processes; closed together with the cache. Absent: only this process's memory. */
  shared?: SharedResponseStore;
  /** Carries purges to the other processes. Absent: there are none. */
  bus?: MessageBus;
  /**
   * Registers a listener that is called if messages of the bus may have been missed, and returns a function that
   * removes it. All responses in memory are dropped then. With Redis: {@link missedMessages}.
   */
  onMissed?: (listener: () => void) => () => void;
  /** Called with each absolute URL whose answer an unsafe request made stale (RFC 9111 section 4.4). */
  onInvalidated?: (url: string) => void;
  /** Makes answers smaller after they are stored. Absent: they stay as the origin sent them. */
  improver?: AnswerImprover;
  /** Kinds of public answers that are kept in several forms, for the improver to make. Default: none. */
  forms?: readonly FormKind[];
  /** Variants of immutable files for clients with a dictionary. Absent: none. */
  deltas?: AnswerDeltas;
  /** Default: no counters. */
  observer?: CacheObserver;
  /** In ms since the epoch. It never jumps, because all durations are based on it. Default `steadyNow`. */
  clock?: () => number;
  /** In ms since the epoch, for comparison with dates of other machines. Default `Date.now`, or the given `clock`. */
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
  forms: [] as readonly FormKind[],
  observer: {} as CacheObserver,
  clock: steadyNow,
  wallClock: options.clock ?? Date.now,
  ...options,
});
