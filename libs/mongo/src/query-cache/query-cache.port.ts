/** A cache for results of queries, which the app binds. Its outages are no errors: then every query is run. */
export interface QueryCachePort {
  /**
   * Returns the cached result, or loads it. A result is the caller's own copy in its JSON form.
   * @param tags drop it; also if they are dropped while it is loaded
   */
  getOrLoad<T>(
    key: string,
    load: () => Promise<T>,
    options: { ttlSeconds: number; tags: readonly string[] },
  ): Promise<T>;
  /** Drops results in all processes. */
  drop(tags: readonly string[]): Promise<void>;
}
