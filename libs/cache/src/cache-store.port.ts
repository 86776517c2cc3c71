/**
 * `superseded`: the key was invalidated since the lease was given, so nothing was stored. `unavailable`: the store was
 * away.
 */
export type FillOutcome = 'stored' | 'superseded' | 'unavailable';

/**
 * The right to store what is loaded now: it ends with the next invalidation of the key, in whichever process that is.
 */
export interface Lease {
  /**
   * Whether nobody else loads this key just now, in whichever process; who doesn't lead had better wait for who does.
   */
  readonly leads: boolean;
  fill(text: string, ttlMs: number): Promise<FillOutcome>;
  /** Nothing will be stored: another one may lead. Not to be called after `fill`. */
  giveUp(): void;
}

/** What a store knows of a key. `bypassed`: it can't be asked, or not be trusted, just now. */
export type Lookup =
  | { kind: 'hit'; text: string; level: 'memory' | 'shared' }
  | { kind: 'miss'; lease: Lease | undefined }
  | { kind: 'bypassed' };

/** What a store holds in this process. */
export interface CacheUsage {
  readonly entries: number;
  readonly bytes: number;
  /** Values that were dropped because memory was full, since the start. */
  readonly evictions: number;
}

/** Keeps texts by key. An outage of the store is never an error of its user. */
export interface CacheStore {
  /** What this process has at hand; needs no waiting. */
  peek(key: string): string | undefined;

  /** @param tags of what will be stored if there is nothing; absent: nothing will, so there is no lease to be had */
  lookup(key: string, tags?: readonly string[]): Promise<Lookup>;

  /** For a key whose value is there, and is to be loaded anew. @returns undefined when the store is away */
  lease(key: string, tags: readonly string[]): Promise<Lease | undefined>;

  /** Stores regardless of leases, and ends them. */
  write(key: string, text: string, ttlMs: number, tags: readonly string[]): Promise<void>;

  /**
   * Forgets values and ends leases. When it resolves, this process reads no older value any more.
   *
   * @returns whether no process does. If not, the store couldn't be reached: that is made up for before it is trusted
   * again
   */
  remove(keys: readonly string[]): Promise<boolean>;

  /** As {@link remove}, for all that have this tag. */
  removeTag(tag: string): Promise<boolean>;

  readonly usage: CacheUsage;

  /** Stops timers. The connections belong to whoever made them. */
  close(): void;
}
