import { decode, encode } from './cache-codec.js';
import type { CacheObserver } from './cache-observer.port.js';
import type { CacheStore, Lease, Lookup } from './cache-store.port.js';
import { patternOf, type CacheKey } from './keys.js';

/** Options of one value. */
export interface ValueOptions {
  /** Longest time that the value is kept; up to a tenth less, so that values stored together don't expire together. */
  ttlSeconds?: number;
}

/** Options of {@link CacheManager}. */
export interface CacheManagerOptions {
  defaultTtlSeconds: number;
  /** Encoded values larger than this are not cached. */
  maxValueBytes: number;
  observer?: CacheObserver;
}

/** A load under way, and whether what it found may still be told to who asked later than it began. */
interface Flight {
  landing: Promise<{ value: unknown; text?: string; isCurrent: boolean }>;
}

/**
 * Caches values that have a JSON form; a value read is a copy of its own, of that form (a Date becomes a string),
 * whether it came from the cache or from the load. An outage of the store is no error: reads go to the source.
 */
export class CacheManager {
  readonly #flights = new Map<CacheKey, Flight>();

  constructor(
    private readonly store: CacheStore,
    private readonly options: CacheManagerOptions,
  ) {}

  /** @returns undefined when there is none; `null`, `0`, `false` and `''` are values */
  async get<T>(key: CacheKey): Promise<T | undefined> {
    const found = await this.#lookup(key);
    return found.kind === 'hit' ? (found.value as T) : undefined;
  }

  /**
   * Stores a value that the caller knows to be the newest. Where two writers can overtake each other, invalidate and let
   * `getOrLoad` load instead. A value that can't be stored (no JSON form, too large) only removes the one before it.
   */
  async set(key: CacheKey, value: unknown, options: ValueOptions = {}): Promise<void> {
    this.#flights.delete(key);
    const text = this.#storable(encode(value));
    if (text === undefined) await this.store.remove([key]);
    else await this.store.write(key, text, this.#ttlMs(options));
  }

  /**
   * Answers from the cache, or loads: once for all who ask meanwhile in this process. What a load finds is not stored when the
   * key was invalidated, here or in another process, since the load began; nor is undefined.
   *
   * @throws what `load` throws
   */
  async getOrLoad<T>(key: CacheKey, load: () => Promise<T>, options: ValueOptions = {}): Promise<T> {
    for (;;) {
      const flight = this.#flights.get(key);
      if (!flight) return copyOf(await this.#start(key, load, options).landing) as T;
      const landed = await flight.landing;
      if (!landed.isCurrent) continue; // it began before an invalidation, and we may have asked after it
      this.options.observer?.read(patternOf(key), 'joined');
      return copyOf(landed) as T;
    }
  }

  /** Forgets values; also what loads that are under way will find. Call it after the write that it announces. */
  async delete(...keys: CacheKey[]): Promise<void> {
    for (const key of keys) {
      this.#flights.delete(key);
      this.options.observer?.invalidated(patternOf(key));
    }
    await this.store.remove(keys);
  }

  #start<T>(key: CacheKey, load: () => Promise<T>, options: ValueOptions): Flight {
    const land = (): void => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    };
    const flight: Flight = { landing: this.#readThrough(key, load, options).finally(land) };
    this.#flights.set(key, flight);
    return flight;
  }

  async #readThrough<T>(key: CacheKey, load: () => Promise<T>, options: ValueOptions): Flight['landing'] {
    const found = await this.#lookup(key);
    if (found.kind === 'hit') return { value: found.value, text: found.text, isCurrent: true };
    const start = performance.now();
    const value = await load();
    this.options.observer?.loaded(patternOf(key), performance.now() - start);
    const text = encode(value);
    const storable = this.#storable(text);
    const canFill = found.kind === 'miss' && storable !== undefined;
    const outcome = canFill ? await found.lease.fill(storable, this.#ttlMs(options)) : 'unavailable';
    return { value, text, isCurrent: outcome !== 'superseded' };
  }

  async #lookup(key: CacheKey): Promise<Decoded> {
    let decoded = decodeLookup(await this.store.lookup(key));
    if (decoded.kind === 'foreign') {
      await this.store.remove([key]);
      decoded = decodeLookup(await this.store.lookup(key));
    }
    if (decoded.kind === 'foreign') decoded = { kind: 'bypassed' }; // somebody writes there as fast as we drop it
    this.options.observer?.read(patternOf(key), decoded.kind);
    return decoded;
  }

  #storable(text: string | undefined): string | undefined {
    return text !== undefined && Buffer.byteLength(text) <= this.options.maxValueBytes ? text : undefined;
  }

  #ttlMs({ ttlSeconds = this.options.defaultTtlSeconds }: ValueOptions): number {
    return Math.max(1, Math.round(ttlSeconds * 1_000 * (1 - Math.random() / 10)));
  }
}

type Decoded = { kind: 'hit'; text: string; value: unknown } | { kind: 'miss'; lease: Lease } | { kind: 'bypassed' };

function decodeLookup(lookup: Lookup): Decoded | { kind: 'foreign' } {
  if (lookup.kind !== 'hit') return lookup;
  const decoded = decode(lookup.text);
  return decoded ? { ...lookup, value: decoded.value } : { kind: 'foreign' };
}

function copyOf({ value, text }: { value: unknown; text?: string }): unknown {
  return text === undefined ? value : decode(text)?.value;
}
