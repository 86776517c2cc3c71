import { setTimeout as delay } from 'node:timers/promises';
import { steadyNow } from '@slipstream/contracts';
import type { CacheObserver, ReadOutcome } from './cache-observer.port.js';
import type { CacheStore, CacheUsage, Lease } from './cache-store.port.js';
import { decode, encode, type Entry } from './entry-codec.js';
import { entryOf, keepMs } from './entry-times.js';
import { patternOf, type CacheKey } from './keys.js';
import type { Load, LoadOptions, ValueOptions } from './value-options.js';
import { withTimeout } from './with-timeout.js';

/** Options of {@link CacheManager}. */
export interface CacheManagerOptions {
  defaultTtlSeconds: number;
  /** Encoded values larger than this are not cached. */
  maxValueBytes: number;
  observer?: CacheObserver;
}

/** How a load ended: with a value that is the starter's own, and its text, of which others make theirs. */
interface Landing {
  value: unknown;
  /** Absent: it has no form that could be stored. */
  text?: string;
  /** Whether it may be told to who asked later than it began. */
  isCurrent: boolean;
}

type Found =
  | { kind: 'hit'; text: string; entry: Entry; outcome: 'memory' | 'shared' }
  | { kind: 'miss'; lease: Lease | undefined }
  | { kind: 'bypassed' };

const NO_TAGS: readonly string[] = [];
const LOAD_TIMEOUT_MS = 10_000;
/** How soon, and then how often, it is looked whether another process has loaded. */
const FIRST_LOOK_MS = 5;
const NEXT_LOOK_MS = 50;

/**
 * Caches values that have a JSON form; a value read is a copy of its own, of that form (a Date becomes a string),
 * whether it came from the cache or from the load. An outage of the store is no error: reads go to the source.
 */
export class CacheManager {
  private readonly loads = new Map<CacheKey, { landing: Promise<Landing> }>();
  private readonly renewals = new Set<CacheKey>();

  constructor(
    private readonly store: CacheStore,
    private readonly options: CacheManagerOptions,
  ) {}

  /** What this process holds in memory. */
  get usage(): CacheUsage {
    return this.store.usage;
  }

  /** @returns undefined when there is none; `null`, `0`, `false` and `''` are values */
  async get<T>(key: CacheKey): Promise<T | undefined> {
    const entry = this.peek(key);
    if (entry) return entry.value as T | undefined;
    const found = await this.find(key);
    const isGood = found.kind === 'hit' && steadyNow() < found.entry.staleUntil;
    this.observe(key, isGood ? found.outcome : found.kind === 'bypassed' ? 'bypassed' : 'miss');
    return isGood ? (found.entry.value as T | undefined) : undefined;
  }

  /** @returns in the order of the keys; undefined where there is none */
  getMany<T>(keys: readonly CacheKey[]): Promise<(T | undefined)[]> {
    return Promise.all(keys.map((key) => this.get<T>(key)));
  }

  /**
   * Stores a value that the caller knows to be the newest. Where two writers can overtake each other, invalidate and
   * let `getOrLoad` load instead. A value that can't be stored (no JSON form, too large) only removes the one before
   * it.
   */
  async set(key: CacheKey, value: unknown, options: ValueOptions = {}): Promise<void> {
    this.loads.delete(key);
    const entry = entryOf(value, options, this.options.defaultTtlSeconds);
    const text = value === undefined ? undefined : this.storable(encode(entry));
    if (text === undefined) await this.store.remove([key]);
    else await this.store.write(key, text, keepMs(entry), options.tags ?? NO_TAGS);
  }

  /**
   * Answers from the cache, or loads: once for all who ask meanwhile, in this process and in all others. What a load
   * finds is not stored when the key was invalidated, here or in another process, since the load began; nor is
   * undefined, unless asked for.
   *
   * @throws what `load` throws, or CacheLoadTimeoutError, when no older value may stand in
   */
  async getOrLoad<T>(key: CacheKey, load: Load<T>, options: LoadOptions = {}): Promise<T> {
    const entry = this.peek(key);
    if (entry) return entry.value as T;
    for (;;) {
      const running = this.loads.get(key);
      if (!running) return (await this.start(key, load, options).landing).value as T;
      const landed = await running.landing;
      if (!landed.isCurrent) continue; // it began before an invalidation, and we may have asked after it
      this.observe(key, 'joined');
      return (landed.text === undefined ? landed.value : decode(landed.text, steadyNow())?.value) as T;
    }
  }

  /**
   * Forgets values; also what loads that are under way will find. Call it after the write that it announces.
   *
   * @returns whether all processes have forgotten them. If not, Redis is away: they will once this process reaches it
   * again
   */
  async delete(...keys: CacheKey[]): Promise<boolean> {
    for (const key of keys) {
      this.loads.delete(key);
      this.options.observer?.invalidated?.(patternOf(key));
    }
    return this.store.remove(keys);
  }

  /** As {@link delete}, for all that were stored with this tag, or are being loaded with it. */
  async deleteTag(tag: string): Promise<boolean> {
    this.loads.clear(); // which of them have it is not known here
    return this.store.removeTag(tag);
  }

  /** A value that is at hand, and fresh. */
  private peek(key: CacheKey): Entry | undefined {
    const text = this.store.peek(key);
    const entry = text === undefined ? undefined : decode(text, steadyNow());
    if (!entry || steadyNow() >= entry.freshUntil) return undefined;
    this.observe(key, 'memory');
    return entry;
  }

  private start<T>(key: CacheKey, load: Load<T>, options: LoadOptions): { landing: Promise<Landing> } {
    const land = (): void => {
      if (this.loads.get(key) === running) this.loads.delete(key);
    };
    const running = { landing: this.readThrough(key, load, options).finally(land) };
    this.loads.set(key, running);
    return running;
  }

  private async readThrough<T>(key: CacheKey, load: Load<T>, options: LoadOptions): Promise<Landing> {
    const found = await this.findOrWait(key, options);
    if (found.kind !== 'hit') {
      this.observe(key, found.kind);
      return this.loadInto(key, load, options, found.kind === 'miss' ? found.lease : undefined);
    }
    const { entry, text } = found;
    const now = steadyNow();
    const landing = { value: entry.value, text, isCurrent: true };
    if (now < entry.freshUntil) return this.observe(key, found.outcome, landing);
    if (now < entry.staleUntil) {
      void this.renew(key, load, options);
      return this.observe(key, 'stale', landing);
    }
    try {
      return await this.loadInto(key, load, options, await this.store.lease(key, options.tags ?? NO_TAGS));
    } catch (error) {
      if (steadyNow() >= entry.graceUntil) throw error;
      return this.observe(key, 'stale', landing);
    }
  }

  /** Waits for another process's load, as long as one may take. */
  private async findOrWait(
    key: CacheKey,
    { tags = NO_TAGS, loadTimeoutMs = LOAD_TIMEOUT_MS }: LoadOptions,
  ): Promise<Found> {
    const until = performance.now() + loadTimeoutMs;
    let found = await this.find(key, tags);
    for (
      let waitMs = FIRST_LOOK_MS;
      found.kind === 'miss' && found.lease?.leads === false && performance.now() < until;
      waitMs = Math.min(2 * waitMs, NEXT_LOOK_MS)
    ) {
      found.lease.giveUp();
      await delay(waitMs, undefined, { ref: false });
      found = await this.find(key, tags);
    }
    return found;
  }

  private async loadInto<T>(
    key: CacheKey,
    load: Load<T>,
    options: LoadOptions,
    lease: Lease | undefined,
  ): Promise<Landing> {
    const start = performance.now();
    let value: T;
    try {
      value = await withTimeout(load, options.loadTimeoutMs ?? LOAD_TIMEOUT_MS, key);
    } catch (error) {
      lease?.giveUp();
      throw error;
    }
    this.options.observer?.loaded?.(patternOf(key), performance.now() - start);
    const entry = entryOf(value, options, this.options.defaultTtlSeconds);
    const text = encode(entry);
    const storable = value === undefined && options.missTtlSeconds === undefined ? undefined : this.storable(text);
    if (storable === undefined) lease?.giveUp();
    const outcome = lease && storable !== undefined ? await lease.fill(storable, keepMs(entry)) : 'unavailable';
    return {
      value: text === undefined ? value : decode(text, steadyNow())?.value,
      text,
      isCurrent: outcome !== 'superseded',
    };
  }

  /**
   * Loads behind who was given a stale value; once, in whichever process. What fails is tried again by the next who is
   * given it.
   */
  private async renew<T>(key: CacheKey, load: Load<T>, options: LoadOptions): Promise<void> {
    if (this.renewals.has(key)) return;
    this.renewals.add(key);
    try {
      const lease = await this.store.lease(key, options.tags ?? NO_TAGS);
      if (lease?.leads) await this.loadInto(key, load, options, lease);
      else lease?.giveUp();
    } catch {
      // who asks when it may be stale no more is told why
    } finally {
      this.renewals.delete(key);
    }
  }

  private async find(key: CacheKey, tags?: readonly string[]): Promise<Found> {
    for (let isSecond = false; ; isSecond = true) {
      const lookup = await this.store.lookup(key, tags);
      if (lookup.kind !== 'hit') return lookup;
      const entry = decode(lookup.text, steadyNow());
      if (entry) return { kind: 'hit', text: lookup.text, entry, outcome: lookup.level };
      if (isSecond) return { kind: 'bypassed' }; // somebody writes there as fast as we drop it
      await this.store.remove([key]);
    }
  }

  private storable(text: string | undefined): string | undefined {
    return text !== undefined && Buffer.byteLength(text) <= this.options.maxValueBytes ? text : undefined;
  }

  private observe(key: CacheKey, outcome: ReadOutcome): void;
  private observe(key: CacheKey, outcome: ReadOutcome, landing: Landing): Landing;
  private observe(key: CacheKey, outcome: ReadOutcome, landing?: Landing): Landing | undefined {
    this.options.observer?.read?.(patternOf(key), outcome);
    return landing;
  }
}
