import { steadyNow } from '@slipstream/contracts';
import type { CacheStore, CacheUsage, FillOutcome, Lease, Lookup } from '../cache-store.port.js';
import { freshMsOf } from '../entry-codec.js';
import { LocalTexts } from '../memory/local-texts.js';
import type { ObjectPurge } from '../redis/object-purges.js';
import type { RedisCacheStore } from '../redis/redis.cache-store.js';
import { ReadsUnderWay, type ReadUnderWay } from './reads-under-way.js';

/**
 * Longest time that a value stays in memory without a read of Redis. It bounds the writes that a process could hide by
 * ending between its two messages.
 */
const MAX_LOCAL_MS = 60_000;

/** Whether purges of other processes arrive, so that memory can be used. */
export interface PurgeReception {
  readonly isLive: boolean;
  close(): void;
}

/** A read whose result is not kept. */
const NOT_KEPT: ReadUnderWay = { isCurrent: false, end: () => {} };

/**
 * This process's memory (first tier) and Redis (second tier), which all processes share. Values in memory were in
 * Redis, and are used only while purges of other processes arrive.
 */
export class TieredCacheStore implements CacheStore {
  private readonly local: LocalTexts;
  private readonly reads = new ReadsUnderWay();

  constructor(
    private readonly purges: PurgeReception,
    private readonly shared: RedisCacheStore,
    maxBytes: number,
  ) {
    this.local = new LocalTexts(maxBytes);
  }

  get usage(): CacheUsage {
    return this.local.usage;
  }

  peek(key: string): string | undefined {
    return this.purges.isLive ? this.local.get(key) : undefined;
  }

  async lookup(key: string, tags?: readonly string[]): Promise<Lookup> {
    const text = this.peek(key);
    if (text !== undefined) return { kind: 'hit', text, level: 'memory' };
    const read = this.begin(key);
    const found = await this.shared.lookup(key, tags);
    if (found.kind === 'miss' && found.lease) return { kind: 'miss', lease: this.keeping(key, found.lease, read) };
    if (found.kind === 'hit') this.keep(key, found.text, read);
    read.end();
    return found;
  }

  async lease(key: string, tags: readonly string[]): Promise<Lease | undefined> {
    const read = this.begin(key);
    const lease = await this.shared.lease(key, tags);
    if (lease) return this.keeping(key, lease, read);
    read.end();
    return undefined;
  }

  async write(key: string, text: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    this.forgetKey(key);
    const read = this.reads.begin(key);
    await this.shared.write(key, text, ttlMs, tags);
    read.end();
  }

  remove(keys: readonly string[]): Promise<boolean> {
    for (const key of keys) this.forgetKey(key);
    return this.shared.remove(keys);
  }

  removeTag(tag: string): Promise<boolean> {
    this.forgetEverything(); // the values with this tag are unknown in memory
    return this.shared.removeTag(tag);
  }

  /** Another process has purged this. */
  follow(purge: ObjectPurge): void {
    if ('keys' in purge) this.forget(purge.keys);
    else this.forgetEverything();
  }

  /** They have changed, here or in another process. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.forgetKey(key);
  }

  forgetEverything(): void {
    this.reads.invalidateAll();
    this.local.clear();
  }

  close(): void {
    this.purges.close();
    this.local.clear();
  }

  /** A read that began while purges may have been missed is never kept, even if purges arrive at its end. */
  private begin(key: string): ReadUnderWay {
    const read = this.reads.begin(key);
    if (this.purges.isLive) return read;
    read.end();
    return NOT_KEPT;
  }

  private keeping(key: string, lease: Lease, read: ReadUnderWay): Lease {
    return {
      leads: lease.leads,
      fill: async (text: string, ttlMs: number): Promise<FillOutcome> => {
        const outcome = await lease.fill(text, ttlMs);
        if (outcome === 'stored') this.keep(key, text, read);
        read.end();
        return outcome;
      },
      giveUp: () => {
        read.end();
        lease.giveUp();
      },
    };
  }

  private keep(key: string, text: string, read: ReadUnderWay): void {
    if (read.isCurrent && this.purges.isLive)
      this.local.set(key, text, Math.min(MAX_LOCAL_MS, freshMsOf(text, steadyNow())));
  }

  private forgetKey(key: string): void {
    this.reads.invalidate(key);
    this.local.delete(key);
  }
}
