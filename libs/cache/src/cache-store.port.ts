/** `superseded`: the key was invalidated since the lease was given, so nothing was stored. `unavailable`: the store was away. */
export type FillOutcome = 'stored' | 'superseded' | 'unavailable';

/** The right to store what is loaded now: it ends with the next invalidation of the key, in whichever process that is. */
export interface Lease {
  fill(text: string, ttlMs: number): Promise<FillOutcome>;
}

/** What a store knows of a key. `bypassed`: it can't be asked, or not be trusted, just now. */
export type Lookup = { kind: 'hit'; text: string } | { kind: 'miss'; lease: Lease } | { kind: 'bypassed' };

/** Keeps texts by key. An outage of the store is never an error of its user. */
export interface CacheStore {
  lookup(key: string): Promise<Lookup>;

  /** Stores regardless of leases, and ends them. */
  write(key: string, text: string, ttlMs: number): Promise<void>;

  /**
   * Forgets values and ends leases. When it resolves, this process reads no older value any more; when the store couldn't be
   * reached, that is made up for before the store is trusted again.
   */
  remove(keys: readonly string[]): Promise<void>;

  /** Stops timers. The connections belong to whoever made them. */
  close(): void;
}
