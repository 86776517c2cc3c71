import type { Purge } from '../purge/purge-scope.js';
import type { CacheRecord } from './cache-record.js';

/** Which purges an answer has in it: those that the store knew when its fetch began. */
export interface PurgePoint {
  /** Of which life of the store; an answer of another life is never found again. */
  readonly epoch: string;
  readonly purges: number;
}

/**
 * A store that several processes share (L2). It may be slow, and it may be away: then it finds nothing and keeps
 * nothing, and no error of it is one of the cache's user. No method rejects.
 */
export interface SharedResponseStore {
  /** Whether asking it is worth the wait just now. */
  readonly isReady: boolean;
  /** To be taken before the origin is asked. @returns undefined when what comes isn't to be put */
  purgePoint(): PurgePoint | undefined;
  /**
   * @returns undefined when there is none, or it isn't ours, or was purged by whichever process, or here by a purge not
   * confirmed yet
   */
  get(key: string): Promise<CacheRecord | undefined>;
  /** @param purgePoint whatever was purged since is not found again, in whichever process */
  put(record: CacheRecord, purgePoint: PurgePoint): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * @returns whether no process finds in the store what was purged; if not yet, that is made up for before the store is
   * used again
   */
  purge(purge: Purge): Promise<boolean>;
  /** Called with each purge of another process, which memory must follow. */
  onPurged: (purge: Purge) => void;
  /** Reports purges that may have been missed, if there are any; to be called before memory is used. */
  noticeGap(): void;
  close(): void;
}
