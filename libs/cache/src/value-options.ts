/** Options of one value. Times start when it is stored. */
export interface ValueOptions {
  /** Time for which it is fresh, minus up to a tenth, so that values stored together do not expire together. */
  ttlSeconds?: number;
  /** Time after that during which it may be returned while a new one is loaded in the background. Default 0. */
  staleWhileRevalidateSeconds?: number;
  /** Time after that during which it may be returned if loading a new one fails. Default 0. */
  staleIfErrorSeconds?: number;
  /** Tags for `CacheManager.deleteTag`. */
  tags?: readonly string[];
}

/** Options of a load. */
export interface LoadOptions extends ValueOptions {
  /** Time for which a missing value (undefined) is cached. Default: not at all. */
  missTtlSeconds?: number;
  /** Time limit of a load, and of waiting for another process's load. Default 10,000. */
  loadTimeoutMs?: number;
}

/** @param signal aborts at the time limit; the result is then ignored */
export type Load<T> = (signal: AbortSignal) => Promise<T>;
