/**
 * Result of one request.
 *
 * - `hit`: from the store, fresh; `stale`: from the store, while it is being renewed, or because the origin failed;
 * - `revalidated`: from the store, after the origin confirmed it;
 * - `miss`: from the origin, and stored; `unstored`: from the origin, and not stored;
 * - `collapsed`: from another client's fetch;
 * - `bypassed`: the request was not cacheable; `refused`: 504, as `only-if-cached` requires.
 */
export type CacheOutcome = 'hit' | 'stale' | 'revalidated' | 'miss' | 'unstored' | 'collapsed' | 'bypassed' | 'refused';

/**
 * Result of one read of the shared store. `foreign`: the record was not written by this cache, or is broken, and was
 * dropped.
 */
export type SharedOutcome = 'hit' | 'miss' | 'purged' | 'foreign' | 'unavailable';

/** Counters of the app. Methods must not throw. */
export interface CacheObserver {
  answered?(outcome: CacheOutcome): void;
  /** A background fetch for stale-while-revalidate began. */
  revalidating?(): void;
  stored?(bytes: number): void;
  /** An answer was not stored because its content type does not fit its path; see `CacheRule.checksType`. */
  mistyped?(): void;
  /** A record was dropped because memory was full. Expired and purged records do not count. */
  evicted?(): void;
  purged?(type: 'url' | 'prefix' | 'tags' | 'everything', isSoft: boolean): void;
  sharedRead?(outcome: SharedOutcome, seconds: number): void;
}
