/** Options of one value. Times are counted from when it is stored. */
export interface ValueOptions {
  /** How long it is fresh; up to a tenth less, so that values stored together don't go stale together. */
  ttlSeconds?: number;
  /** How long after that it may be given once more, while a new one is loaded behind. Default 0. */
  staleWhileRevalidateSeconds?: number;
  /** How long after that it may be given when loading a new one fails. Default 0. */
  staleIfErrorSeconds?: number;
  /** By which `CacheManager.deleteTag` finds it. */
  tags?: readonly string[];
}

/** Options of a load. */
export interface LoadOptions extends ValueOptions {
  /** How long it is remembered that a load found nothing (undefined). Default: not at all. */
  missTtlSeconds?: number;
  /** Longest that a load may take; also how long another process's load is waited for. Default 10,000. */
  loadTimeoutMs?: number;
}

/** @param signal aborts when the load has taken too long: what it would find is not waited for any more */
export type Load<T> = (signal: AbortSignal) => Promise<T>;
