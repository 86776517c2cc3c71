import { LRUCache } from 'lru-cache';
import type { CacheStore, CacheUsage, FillOutcome, Lease, Lookup } from '../cache-store.port.js';
import { LocalTexts } from './local-texts.js';
import { TaggedKeys } from './tagged-keys.js';

/** Limit of concurrent leases; the load of a dropped lease is not stored. */
const MAX_LEASES = 10_000;

/** The store of a single process. */
export class MemoryCacheStore implements CacheStore {
  private readonly texts: LocalTexts;
  private readonly leases = new LRUCache<string, symbol>({ max: MAX_LEASES });
  private readonly tagged = new TaggedKeys();

  constructor(maxBytes: number) {
    this.texts = new LocalTexts(maxBytes);
  }

  get usage(): CacheUsage {
    return this.texts.usage;
  }

  peek(key: string): string | undefined {
    return this.texts.get(key);
  }

  lookup(key: string, tags?: readonly string[]): Promise<Lookup> {
    const text = this.texts.get(key);
    return Promise.resolve(
      text === undefined
        ? { kind: 'miss', lease: tags && this.leaseNow(key, tags) }
        : { kind: 'hit', text, level: 'memory' },
    );
  }

  lease(key: string, tags: readonly string[]): Promise<Lease> {
    return Promise.resolve(this.leaseNow(key, tags));
  }

  write(key: string, text: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    this.leases.delete(key);
    this.tagged.add(key, tags);
    this.texts.set(key, text, ttlMs);
    return Promise.resolve();
  }

  remove(keys: readonly string[]): Promise<boolean> {
    for (const key of keys) {
      this.leases.delete(key);
      this.texts.delete(key);
    }
    return Promise.resolve(true);
  }

  removeTag(tag: string): Promise<boolean> {
    const keys = this.tagged.take(tag);
    if (keys) return this.remove(keys);
    this.close();
    return Promise.resolve(true);
  }

  close(): void {
    this.texts.clear();
    this.leases.clear();
    this.tagged.clear();
  }

  /** Loads in one process are already coalesced, so every load leads. */
  private leaseNow(key: string, tags: readonly string[]): Lease {
    const token = this.leases.get(key) ?? Symbol();
    this.leases.set(key, token);
    this.tagged.add(key, tags);
    const fill = (text: string, ttlMs: number): Promise<FillOutcome> => {
      if (this.leases.get(key) !== token) return Promise.resolve('superseded');
      this.texts.set(key, text, ttlMs);
      return Promise.resolve('stored');
    };
    return { leads: true, fill, giveUp: () => {} };
  }
}
