import type { Purge } from '../purge/purge-scope.js';
import type { CacheRecord } from './cache-record.js';

/** The latest purge that the store contained at the start of a fetch. */
export interface PurgePoint {
  /** Purge epoch of the store. An answer of another epoch is never used again. */
  readonly epoch: string;
  readonly purges: number;
}

/**
 * A store that several processes share (L2). It may be slow or unreachable. Reads then return undefined, and writes
 * have no effect. No method rejects.
 */
export interface SharedResponseStore {
  /** Whether a read is likely to be answered in time. */
  readonly isReady: boolean;
  /** To be called before the request to the origin. @returns undefined if its answer must not be stored */
  purgePoint(): PurgePoint | undefined;
  /**
   * @returns undefined if it is absent, foreign, purged by any process, or affected by an unconfirmed purge of this
   *   process
   */
  get(key: string): Promise<CacheRecord | undefined>;
  /** @param purgePoint no process returns the record after a later purge of it */
  put(record: CacheRecord, purgePoint: PurgePoint): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * @returns whether no process finds the purged records in the store. If not, the purge is repeated before the store
   *   is used again
   */
  purge(purge: Purge): Promise<boolean>;
  /** Called with each purge of another process, which memory must follow. */
  onPurged: (purge: Purge) => void;
  /** Reports purges that may have been missed. To be called before memory is used. */
  noticeGap(): void;
  close(): void;
}
