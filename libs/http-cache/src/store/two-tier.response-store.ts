import type { Purge } from '../purge/purge-scope.js';
import type { PurgeWatch } from '../purge/purge-watch.js';
import type { CacheRecord } from './cache-record.js';
import type { MemoryResponseStore } from './memory.response-store.js';
import type { SharedResponseStore } from './shared-store.port.js';

/** What is here at once, or after asking the shared store. */
export type Soon<T> = T | Promise<T>;

/** Goes on at once when it is here: a hit in memory costs no turn of the event loop. */
export const soon = <T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> => (value instanceof Promise ? value.then(next) : next(value));

/** Memory first (L1), then the store that all processes share (L2), if there is one. */
export class TwoTierResponseStore {
  constructor(
    private readonly memory: MemoryResponseStore,
    private readonly shared: SharedResponseStore | undefined,
    private readonly watch: PurgeWatch,
  ) {}

  /** See {@link SharedResponseStore.epoch}. */
  epoch(): number {
    return this.shared?.epoch() ?? 0;
  }

  get(key: string): Soon<CacheRecord | undefined> {
    const record = this.memory.get(key);
    return record || !this.shared?.isReady ? record : this.#getShared(this.shared, key);
  }

  /** What the shared store has now, although memory has something. */
  refetch(key: string): Soon<CacheRecord | undefined> {
    return this.shared?.isReady ? this.#getShared(this.shared, key) : undefined;
  }

  put(record: CacheRecord, epoch: number): void {
    this.memory.put(record);
    void this.shared?.put(record, epoch);
  }

  /** In this process only. */
  delete(key: string): void {
    this.memory.delete(key);
  }

  /** In this process only. */
  purgeMemory(purge: Purge): void {
    this.watch.purge(purge.scope);
    this.memory.purge(purge);
  }

  /** Here at once, and everywhere else when it resolves; what is read from the shared store meanwhile is dropped here, too. */
  async purge(purge: Purge): Promise<void> {
    this.purgeMemory(purge);
    if (!this.shared) return;
    await this.shared.purge(purge);
    this.purgeMemory(purge);
  }

  async #getShared(shared: SharedResponseStore, key: string): Promise<CacheRecord | undefined> {
    const watch = this.watch.begin(key.slice(key.indexOf(' ') + 1));
    try {
      const record = await shared.get(key);
      if (!record || watch.isPurged(record.tags) || this.watch.isAnyPurge) return undefined;
      this.memory.put(record);
      return record;
    } finally {
      watch.end();
    }
  }
}
