import { LRUCache } from 'lru-cache';
import type { HeldBodies } from '../coalescing/held-bodies.js';
import { isPurgedBy, type Purge } from '../purge/purge-scope.js';
import { PAGE_BYTES } from './block-page.js';
import { softened, type CacheRecord } from './cache-record.js';
import { entryBytes } from './entry-bytes.js';
import { bodyApart } from './packed-record.js';
import { PackedRecords } from './packed-records.js';
import { RecordIndex } from './record-index.js';

export interface MemoryResponseStoreOptions {
  /** Limit of all records, with their memory beside the bodies. The least recently used is dropped first. Minimum 1. */
  maxBytes: number;
  /** Minimum 1. */
  maxEntries: number;
  /** Limit of the records with one `primary`; the oldest is dropped first. Minimum 1. */
  maxVariants: number;
  /** Counts the clients that still read a dropped body. */
  bodies?: Pick<HeldBodies, 'stored' | 'dropped'>;
  /** Called for each record that was dropped because memory was full. */
  onEvicted?: () => void;
  /** In ms since the epoch; never jumps. */
  clock: () => number;
}

/** Free memory that is not released, on top of `maxBytes`. */
const SLACK_RATIO = 1 / 16;
const SLACK_BYTES = 3 * PAGE_BYTES;

/** The most recently used records are also kept unpacked: limit of their number, and their part of `maxBytes`. */
const UNPACKED = { max: 1024, ratio: 1 / 32 } as const;

/** Answers in this process's memory. Look-ups are synchronous. */
export class MemoryResponseStore {
  private readonly records = new PackedRecords();
  private readonly index = new RecordIndex();
  /** Number of each key's record. */
  private readonly places: LRUCache<string, number>;
  private readonly unpacked: LRUCache<string, CacheRecord>;
  private readonly maxHeldBytes: number;

  constructor(private readonly options: MemoryResponseStoreOptions) {
    const { maxBytes, maxEntries } = options;
    this.maxHeldBytes = maxBytes * (1 + SLACK_RATIO) + SLACK_BYTES;
    this.places = new LRUCache({
      maxSize: maxBytes,
      max: maxEntries,
      dispose: (at, key, reason) => this.onDropped(at, key, reason),
    });
    this.unpacked = new LRUCache({
      max: UNPACKED.max,
      maxSize: Math.max(1, Math.floor(maxBytes * UNPACKED.ratio)),
      sizeCalculation: unpackedBytes,
    });
  }

  get size(): { entries: number; bytes: number } {
    return { entries: this.places.size, bytes: this.places.calculatedSize };
  }

  get(key: string): CacheRecord | undefined {
    const at = this.places.get(key);
    if (at === undefined) return undefined;
    const record = this.unpacked.get(key) ?? this.unpack(key, at);
    if (this.options.clock() < record.retainUntil) return record;
    this.places.delete(key);
    return undefined;
  }

  /** Stores a record. If it is too large for the whole store, its key is removed. */
  put(record: CacheRecord): void {
    const { key } = record;
    const { at, bytes } = this.records.put(record);
    const size = bytes + entryBytes(record);
    if (size > this.options.maxBytes) {
      this.records.delete(at);
      return this.delete(key);
    }
    this.places.set(key, at, { size });
    const apart = bodyApart(record);
    if (apart) this.options.bodies?.stored(apart);
    this.index.add(record);
    if (key !== record.primary) this.limitVariants(record.primary);
    while (this.records.heldBytes > this.maxHeldBytes && this.places.size > 1) this.places.pop();
  }

  delete(key: string): void {
    this.places.delete(key);
  }

  purge({ scope, isSoft }: Purge): void {
    if (scope.type === 'everything' && !isSoft) return this.clear();
    for (const key of this.index.candidates(scope) ?? [...this.places.keys()]) {
      const at = this.places.peek(key);
      if (at === undefined || !isPurgedBy(this.records.namesOf(key, at), scope)) continue;
      if (isSoft) this.soften(key, at);
      else this.places.delete(key);
    }
  }

  clear(): void {
    this.places.clear();
  }

  private unpack(key: string, at: number): CacheRecord {
    const record = this.records.get(key, at);
    this.unpacked.set(key, record);
    return record;
  }

  private soften(key: string, at: number): void {
    const record = this.records.get(key, at);
    const soft = softened(record, this.options.clock());
    if (soft !== record) this.put(soft);
  }

  private limitVariants(primary: string): void {
    const oldest = this.index.oldestVariantPast(primary, this.options.maxVariants);
    if (oldest !== undefined) this.places.delete(oldest);
  }

  private onDropped(at: number, key: string, reason: LRUCache.DisposeReason): void {
    this.unpacked.delete(key);
    this.index.remove(this.records.namesOf(key, at));
    const apart = this.records.delete(at);
    if (apart) this.options.bodies?.dropped(apart);
    if (reason === 'evict') this.options.onEvicted?.();
  }
}

/** A large body is that of the stored record, and needs no more memory. */
const unpackedBytes = (record: CacheRecord): number =>
  2048 + (record.value.type === 'response' && !bodyApart(record) ? record.value.response.body.length : 0);
