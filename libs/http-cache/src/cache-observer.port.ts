/**
 * How one request was answered.
 *
 * - `hit`: from the store, fresh; `stale`: from the store while it was being renewed, or because the origin failed;
 * - `revalidated`: from the store, once the origin had said that it is still good;
 * - `miss`: by the origin, and stored; `unstored`: by the origin, and not stored;
 * - `collapsed`: by another client's fetch;
 * - `bypassed`: the cache had nothing to do with it; `refused`: with 504, as `only-if-cached` wants it.
 */
export type CacheOutcome = 'hit' | 'stale' | 'revalidated' | 'miss' | 'unstored' | 'collapsed' | 'bypassed' | 'refused';

/** How the shared store answered one question. `foreign`: what was there isn't ours, or is broken, and was dropped. */
export type SharedOutcome = 'hit' | 'miss' | 'purged' | 'foreign' | 'unavailable';

/** What the app may count. Methods must not throw. */
export interface CacheObserver {
  answered?(outcome: CacheOutcome): void;
  /** A background fetch began, for stale-while-revalidate. */
  revalidating?(): void;
  stored?(bytes: number): void;
  /** An answer's content type could not be that of its path, so it was not stored; see `CacheRule.checksType`. */
  mistyped?(): void;
  /** Memory was full; expired and purged answers aren't among them. */
  evicted?(): void;
  purged?(type: 'url' | 'prefix' | 'tags' | 'everything', isSoft: boolean): void;
  sharedRead?(outcome: SharedOutcome, seconds: number): void;
}
