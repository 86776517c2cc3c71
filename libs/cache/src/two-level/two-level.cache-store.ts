import type { CacheStore, CacheUsage, FillOutcome, Lease, Lookup } from '../cache-store.port.js';
import { freshMsOf } from '../entry-codec.js';
import { LocalTexts } from '../memory/local-texts.js';
import type { RedisCacheStore } from '../redis/redis.cache-store.js';
import type { InvalidationChannel } from './invalidation-channel.js';
import { ReadsUnderWay, type ReadUnderWay } from './reads-under-way.js';

/** Longest that a value stays in memory without a look at Redis: bounds what a process could hide that died between its two messages. */
const MAX_LOCAL_MS = 60_000;

/** A read whose result is not kept. */
const UNHEARD: ReadUnderWay = { isCurrent: false, end: () => {} };

/**
 * This process's memory (L1) before Redis (L2), which all processes share. What is in memory was in Redis, and is believed only
 * while the channel tells of what others change.
 */
export class TwoLevelCacheStore implements CacheStore {
  readonly #local: LocalTexts;
  readonly #reads = new ReadsUnderWay();

  constructor(
    private readonly channel: InvalidationChannel,
    private readonly shared: RedisCacheStore,
    maxBytes: number,
  ) {
    this.#local = new LocalTexts(maxBytes);
  }

  get usage(): CacheUsage {
    return this.#local.usage;
  }

  peek(key: string): string | undefined {
    return this.channel.isTrusted ? this.#local.get(key) : undefined;
  }

  async lookup(key: string, tags?: readonly string[]): Promise<Lookup> {
    const text = this.peek(key);
    if (text !== undefined) return { kind: 'hit', text, level: 'memory' };
    const read = this.#begin(key);
    const found = await this.shared.lookup(key, tags);
    if (found.kind === 'miss' && found.lease) return { kind: 'miss', lease: this.#keeping(key, found.lease, read) };
    if (found.kind === 'hit') this.#keep(key, found.text, read);
    read.end();
    return found;
  }

  async lease(key: string, tags: readonly string[]): Promise<Lease | undefined> {
    const read = this.#begin(key);
    const lease = await this.shared.lease(key, tags);
    if (lease) return this.#keeping(key, lease, read);
    read.end();
    return undefined;
  }

  async write(key: string, text: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    this.#forget(key);
    const read = this.#reads.begin(key);
    await this.shared.write(key, text, ttlMs, tags);
    read.end();
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#forget(key);
    await this.shared.remove(keys);
  }

  async removeTag(tag: string): Promise<void> {
    const removed = await this.shared.removeTag(tag);
    if (removed === 'everything') this.forgetEverything();
    else this.forget(removed);
  }

  /** They have changed, here or in another process. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#forget(key);
  }

  forgetEverything(): void {
    this.#reads.invalidateAll();
    this.#local.clear();
  }

  close(): void {
    this.channel.close();
    this.shared.close();
    this.#local.clear();
  }

  /** What is read from before the channel is heard may have been changed unheard: that is never kept, though the channel is heard by its end. */
  #begin(key: string): ReadUnderWay {
    const read = this.#reads.begin(key);
    if (this.channel.isTrusted) return read;
    read.end();
    return UNHEARD;
  }

  #keeping(key: string, lease: Lease, read: ReadUnderWay): Lease {
    return {
      leads: lease.leads,
      fill: async (text: string, ttlMs: number): Promise<FillOutcome> => {
        const outcome = await lease.fill(text, ttlMs);
        if (outcome === 'stored') this.#keep(key, text, read);
        read.end();
        return outcome;
      },
      giveUp: () => {
        read.end();
        lease.giveUp();
      },
    };
  }

  #keep(key: string, text: string, read: ReadUnderWay): void {
    if (read.isCurrent && this.channel.isTrusted) this.#local.set(key, text, Math.min(MAX_LOCAL_MS, freshMsOf(text, Date.now())));
  }

  #forget(key: string): void {
    this.#reads.invalidate(key);
    this.#local.delete(key);
  }
}
