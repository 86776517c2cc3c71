import type { Purge } from '../purge/purge-scope.js';
import type { CacheRecord } from '../store/cache-record.js';
import type { PurgeMoment, SharedResponseStore } from '../store/shared-store.port.js';

/** A shared store in memory that answers when it is told to. */
export class FakeSharedStore implements SharedResponseStore {
  isReady = true;
  readonly records = new Map<string, CacheRecord>();
  readonly purges: Purge[] = [];
  readonly puts: [CacheRecord, PurgeMoment][] = [];
  readonly asked: string[] = [];
  isClosed = false;
  onPurged: (purge: Purge) => void = () => {};
  /** Awaited by each read after it has found what it gives. */
  gate: Promise<void> = Promise.resolve();

  moment(): PurgeMoment | undefined {
    return this.isReady ? { life: 'one', purges: this.purges.length } : undefined;
  }

  async get(key: string): Promise<CacheRecord | undefined> {
    this.asked.push(key);
    const record = this.records.get(key);
    await this.gate;
    return record;
  }

  async put(record: CacheRecord, moment: PurgeMoment): Promise<void> {
    this.puts.push([record, moment]);
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
