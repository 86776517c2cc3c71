import { LRUCache } from 'lru-cache';
import type { CacheUsage } from '../cache-store.port.js';

/** Approximate overhead of an entry. */
const ENTRY_BYTES = 200;

/** Texts in this process's memory, limited in bytes, with eviction of the least recently used. */
export class LocalTexts {
  private readonly texts: LRUCache<string, string>;
  private evictions = 0;

  /** @param maxBytes of all keys and values; strings count as two bytes per character */
  constructor(maxBytes: number) {
    this.texts = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (text, key) => ENTRY_BYTES + 2 * (text.length + key.length),
      dispose: (_text, _key, reason) => void (this.evictions += Number(reason === 'evict')),
    });
  }

  get usage(): CacheUsage {
    return { entries: this.texts.size, bytes: this.texts.calculatedSize, evictions: this.evictions };
  }

  get(key: string): string | undefined {
    return this.texts.get(key);
  }

  set(key: string, text: string, ttlMs: number): void {
    if (ttlMs >= 1) this.texts.set(key, text, { ttl: ttlMs });
  }

  delete(key: string): void {
    this.texts.delete(key);
  }

  clear(): void {
    this.texts.clear();
  }
}
