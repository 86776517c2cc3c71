import { LRUCache } from 'lru-cache';
import type { HeldBodies } from '../flight/held-bodies.js';
import { isPurgedBy, type Purge } from '../purge/purge-scope.js';
import { sizeOf, softened, type CacheRecord } from './cache-record.js';
import { KeyIndex } from './key-index.js';

export interface MemoryResponseStoreOptions {
  /** Of all records, what they cost beside their bodies included. Least recently used first out. Minimum 1. */
  maxBytes: number;
  /** Minimum 1. */
  maxEntries: number;
  /** Of records with one `primary`; the oldest goes first. Minimum 1. */
  maxVariants: number;
  /** Counts who still reads a body that is dropped here. */
  bodies?: Pick<HeldBodies, 'stored' | 'dropped'>;
  /** Told of each record that had to go because memory was full. */
  onEvicted?: () => void;
  /** In ms since the epoch; never jumps. */
  clock: () => number;
}

/** Answers in this process's memory; asking it waits for nothing. */
export class MemoryResponseStore {
  private readonly records: LRUCache<string, CacheRecord>;
  private readonly byUrl = new KeyIndex();
  private readonly byTag = new KeyIndex();
  private readonly variants = new KeyIndex();

  constructor(private readonly options: MemoryResponseStoreOptions) {
    const { maxBytes, maxEntries } = options;
    const dispose = (record: CacheRecord, _: string, reason: LRUCache.DisposeReason): void => {
      this.unindex(record);
      if (record.value.type === 'response') options.bodies?.dropped(record.value.response.body);
      if (reason === 'evict') options.onEvicted?.();
    };
    this.records = new LRUCache({
      maxSize: maxBytes,
      max: maxEntries,
      maxEntrySize: maxBytes,
      sizeCalculation: sizeOf,
      dispose,
    });
  }

  get size(): { entries: number; bytes: number } {
    return { entries: this.records.size, bytes: this.records.calculatedSize };
  }

  get(key: string): CacheRecord | undefined {
    const record = this.records.get(key);
    if (!record || this.options.clock() < record.retainUntil) return record;
    this.records.delete(key);
    return undefined;
  }

  /** What is too large for the whole store is left out, and what had its key forgotten. */
  put(record: CacheRecord): void {
    if (this.records.peek(record.key) === record) return;
    this.records.set(record.key, record);
    if (this.records.peek(record.key) !== record) return;
    if (record.value.type === 'response') this.options.bodies?.stored(record.value.response.body);
    this.byUrl.add(record.url, record.key);
    for (const tag of record.tags) this.byTag.add(tag, record.key);
    if (record.key !== record.primary) this.addVariant(record);
  }

  delete(key: string): void {
    this.records.delete(key);
  }

  purge({ scope, isSoft }: Purge): void {
    if (scope.type === 'everything' && !isSoft) return this.records.clear();
    for (const key of this.candidates({ scope, isSoft })) {
      const record = this.records.peek(key);
      if (!record || !isPurgedBy(record, scope)) continue;
      if (isSoft) this.put(softened(record, this.options.clock()));
      else this.records.delete(key);
    }
  }

  clear(): void {
    this.records.clear();
  }

  /** Keys among which everything is that a purge means; a copy, for the purge changes what is listed. */
  private candidates({ scope }: Purge): string[] {
    if (scope.type === 'tags') return scope.tags.flatMap((tag) => this.byTag.keysOf(tag));
    if (scope.type === 'url' && !scope.url.startsWith('/')) return this.byUrl.keysOf(scope.url);
    return [...this.records.keys()];
  }

  private addVariant({ key, primary }: CacheRecord): void {
    this.variants.add(primary, key);
    const oldest = this.variants.oldestPast(primary, this.options.maxVariants);
    if (oldest !== undefined) this.records.delete(oldest);
  }

  private unindex({ key, primary, url, tags }: CacheRecord): void {
    this.variants.remove(primary, key);
    this.byUrl.remove(url, key);
    for (const tag of tags) this.byTag.remove(tag, key);
  }
}
