import { LRUCache } from 'lru-cache';
import type { CacheStore, FillOutcome, Lookup } from '../cache-store.port.js';

/** Leases that are remembered at once; a forgotten one only means that its load is not stored. */
const MAX_LEASES = 10_000;
/** What an entry costs beside its characters, roughly. */
const ENTRY_BYTES = 200;

/** The store of a process that is alone: bounded in bytes, least recently used first out. */
export class MemoryCacheStore implements CacheStore {
  readonly #texts: LRUCache<string, string>;
  readonly #leases = new LRUCache<string, symbol>({ max: MAX_LEASES });

  /** @param maxBytes of all keys and values; strings are counted at two bytes a character */
  constructor(maxBytes: number) {
    this.#texts = new LRUCache({ maxSize: maxBytes, sizeCalculation: (text, key) => ENTRY_BYTES + 2 * (text.length + key.length) });
  }

  lookup(key: string): Promise<Lookup> {
    const text = this.#texts.get(key);
    if (text !== undefined) return Promise.resolve({ kind: 'hit', text });
    const token = this.#leases.get(key) ?? Symbol();
    this.#leases.set(key, token);
    const fill = (filled: string, ttlMs: number): Promise<FillOutcome> => {
      if (this.#leases.get(key) !== token) return Promise.resolve('superseded');
      this.#texts.set(key, filled, { ttl: ttlMs });
      return Promise.resolve('stored');
    };
    return Promise.resolve({ kind: 'miss', lease: { fill } });
  }

  write(key: string, text: string, ttlMs: number): Promise<void> {
    this.#leases.delete(key);
    this.#texts.set(key, text, { ttl: ttlMs });
    return Promise.resolve();
  }

  remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#leases.delete(key);
      this.#texts.delete(key);
    }
    return Promise.resolve();
  }

  close(): void {
    this.#texts.clear();
    this.#leases.clear();
  }
}
