/**
 * `superseded`: the key was invalidated after the lease was given, and nothing was stored. `unavailable`: the store was
 * unreachable.
 */
export type FillOutcome = 'stored' | 'superseded' | 'unavailable';

/** The right to store the result of a load. It ends with the next invalidation of the key in any process. */
export interface Lease {
  /** Whether no other process loads this key. A process that does not lead should wait for the one that does. */
  readonly leads: boolean;
  fill(text: string, ttlMs: number): Promise<FillOutcome>;
  /** Gives up the lease without storing: another process may lead. Not to be called after `fill`. */
  giveUp(): void;
}

/** Result of a lookup. `bypassed`: the store is unreachable, or its values may be invalid. */
export type Lookup =
  | { kind: 'hit'; text: string; level: 'memory' | 'shared' }
  | { kind: 'miss'; lease: Lease | undefined }
  | { kind: 'bypassed' };

/** Contents of a store in this process. */
export interface CacheUsage {
  readonly entries: number;
  readonly bytes: number;
  /** Values evicted because the memory limit was reached, since the start. */
  readonly evictions: number;
}

/** Stores texts by key. Its outages are never errors of its callers. */
export interface CacheStore {
  /** Returns the text in memory, without waiting. */
  peek(key: string): string | undefined;

  /** @param tags of the value to store on a miss. Absent: it will not be stored, so no lease is needed */
  lookup(key: string, tags?: readonly string[]): Promise<Lookup>;

  /** For a stored value that is to be loaded again. @returns undefined if the store is unreachable */
  lease(key: string, tags: readonly string[]): Promise<Lease | undefined>;

  /** Stores regardless of leases, and ends them. */
  write(key: string, text: string, ttlMs: number, tags: readonly string[]): Promise<void>;

  /**
   * Drops values and ends leases. After it resolves, this process reads no older value.
   *
   * @returns whether no process does. If not, the store is unreachable, and is updated before it is used again
   */
  remove(keys: readonly string[]): Promise<boolean>;

  /** As {@link remove}, for all values with this tag. */
  removeTag(tag: string): Promise<boolean>;

  readonly usage: CacheUsage;

  /** Stops timers. It does not close the connections. */
  close(): void;
}
