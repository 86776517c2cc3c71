import { ShortLivedMap } from '@slipstream/contracts';
import type { Purge } from '../purge/purge-scope.js';
import type { PurgeWatch } from '../purge/purge-watch.js';
import type { AnswerImprover } from './answer-improver.port.js';
import type { CacheRecord } from './cache-record.js';
import { ImprovedAnswers } from './improved-answers.js';
import type { MemoryResponseStore } from './memory.response-store.js';
import type { PurgePoint, SharedResponseStore } from './shared-store.port.js';
import type { Soon } from './soon.js';

/** Memory first (L1), then the store that all processes share (L2), if there is one. */
export class TieredResponseStore {
  /** Running reads of the shared store, shared by all concurrent callers. */
  private readonly pending = new ShortLivedMap<string, Promise<CacheRecord | undefined>>();
  private readonly improved: ImprovedAnswers | undefined;

  constructor(
    private readonly memory: MemoryResponseStore,
    private readonly shared: SharedResponseStore | undefined,
    private readonly watch: PurgeWatch,
    improver?: AnswerImprover,
  ) {
    this.improved = improver && new ImprovedAnswers(improver, (key) => this.memory.get(key));
    if (shared) shared.onPurged = (purge) => this.purgeMemory(purge);
  }

  /** See {@link SharedResponseStore.purgePoint}. */
  purgePoint(): PurgePoint | undefined {
    return this.shared?.purgePoint();
  }

  getMemory(key: string): CacheRecord | undefined {
    this.shared?.noticeGap();
    return this.memory.get(key);
  }

  /** Reads the shared store, and stores the result in memory. @param url that the key belongs to */
  getShared(key: string, url: string): Soon<CacheRecord | undefined> {
    if (!this.shared?.isReady) return undefined;
    let pending = this.pending.get(key);
    if (!pending) {
      const own = this.readShared(this.shared, key, url).finally(() => {
        if (this.pending.get(key) === own) this.pending.delete(key);
      });
      pending = own;
      this.pending.set(key, pending);
    }
    return pending;
  }

  /**
   * Stores a record unless memory has a newer one, of a fetch that began later and ended sooner.
   * @param purgePoint absent: in memory only
   */
  put(record: CacheRecord, purgePoint: PurgePoint | undefined): void {
    if (this.newerThan(record)) return;
    this.memory.put(record);
    if (purgePoint) void this.shared?.put(record, purgePoint);
    this.improved?.improve(record, (better) => {
      this.memory.put(better);
      if (purgePoint) void this.shared?.put(better, purgePoint);
    });
  }

  delete(key: string): void {
    this.memory.delete(key);
    void this.shared?.delete(key);
  }

  /** In this process only. */
  purgeMemory(purge: Purge): void {
    this.pending.clear(); // later callers must not get a value that was read before the purge
    this.watch.purge(purge.scope);
    this.memory.purge(purge);
  }

  /**
   * Purges this process at once.
   * @returns whether the shared store is purged too; if not, the purge is repeated before that store is used again
   */
  async purge(purge: Purge): Promise<boolean> {
    this.purgeMemory(purge);
    return this.shared ? this.shared.purge(purge) : true;
  }

  private keep(record: CacheRecord): void {
    this.memory.put(record);
    this.improved?.improve(record, (better) => this.memory.put(better));
  }

  private newerThan(record: CacheRecord): CacheRecord | undefined {
    const held = this.memory.get(record.key);
    return held && answeredAt(held) > answeredAt(record) ? held : undefined;
  }

  private async readShared(shared: SharedResponseStore, key: string, url: string): Promise<CacheRecord | undefined> {
    const watch = this.watch.begin(url);
    try {
      const record = await shared.get(key);
      if (!record || watch.isPurged(record.tags)) return undefined;
      const newer = this.newerThan(record); // which the shared store may not have stored
      if (!newer) this.keep(record);
      return newer ?? record;
    } finally {
      watch.end();
    }
  }
}

const answeredAt = ({ value }: CacheRecord): number => (value.type === 'response' ? value.response.answeredAt : 0);
