import type { Purge } from '../purge/purge-scope.js';
import type { CacheRecord } from './cache-record.js';

/**
 * A store that several processes share (L2). It may be slow, and it may be away: then it finds nothing and keeps nothing, and
 * no error of it is one of the cache's user.
 */
export interface SharedResponseStore {
  /** Whether asking it is worth the wait just now. */
  readonly isReady: boolean;
  /** Which purges an answer that is asked for now will have in it. To be taken before the origin is asked. */
  epoch(): number;
  /** @returns undefined when there is none, or it was purged, or isn't ours */
  get(key: string): Promise<CacheRecord | undefined>;
  /** @param epoch taken when the fetch began: whatever was purged since is not found again, in whichever process */
  put(record: CacheRecord, epoch: number): Promise<void>;
  /** When it resolves no process finds what was purged; when the store is away, that is made up for before it is used again. */
  purge(purge: Purge): Promise<void>;
  close(): void;
}
