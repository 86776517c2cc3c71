import type { Purge } from '../purge/purge-scope.js';
import type { CacheRecord } from '../store/cache-record.js';
import type { PurgePoint, SharedResponseStore } from '../store/shared-store.port.js';

/** A shared store in memory that answers on demand. */
export class FakeSharedStore implements SharedResponseStore {
  isReady = true;
  readonly records = new Map<string, CacheRecord>();
  readonly purges: Purge[] = [];
  readonly puts: [CacheRecord, PurgePoint][] = [];
  readonly asked: string[] = [];
  isClosed = false;
  onPurged: (purge: Purge) => void = () => {};
  /** Awaited by each read after it has found its record. */
  gate: Promise<void> = Promise.resolve();

  purgePoint(): PurgePoint | undefined {
    return this.isReady ? { epoch: 'one', purges: this.purges.length } : undefined;
  }

  async get(key: string): Promise<CacheRecord | undefined> {
    this.asked.push(key);
    const record = this.records.get(key);
    await this.gate;
    return record;
  }

  async put(record: CacheRecord, purgePoint: PurgePoint): Promise<void> {
    this.puts.push([record, purgePoint]);
    this.records.set(record.key, record);
  }

  async delete(key: string): Promise<void> {
    this.records.delete(key);
  }

  async purge(purge: Purge): Promise<boolean> {
    this.purges.push(purge);
    return this.isReady;
  }

  noticeGap(): void {}

  close(): void {
    this.isClosed = true;
  }
}
