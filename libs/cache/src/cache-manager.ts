import { setTimeout as delay } from 'node:timers/promises';
import { ShortLivedMap, steadyNow } from '@slipstream/contracts';
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

/**
 * Outcome of a load: the value of the caller that started it, and its text, from which the other callers create their
 * copies.
 */
interface Landing {
  value: unknown;
  /** Absent: the value has no storable form. */
  text?: string;
  /** Whether callers that came after the start of the load may get it. */
  isCurrent: boolean;
}

type Found =
  | { kind: 'hit'; text: string; entry: Entry; outcome: 'memory' | 'shared' }
  | { kind: 'miss'; lease: Lease | undefined }
  | { kind: 'bypassed' };

const NO_TAGS: readonly string[] = [];
const LOAD_TIMEOUT_MS = 10_000;
/** First delay and later interval of checking whether another process has loaded the value. */
const FIRST_LOOK_MS = 5;
const NEXT_LOOK_MS = 50;

/**
 * Caches values with a JSON form. A value that is read is the caller's own copy in that form (a Date becomes a string),
 * whether it came from the cache or from the load. An outage of the store is not an error: reads go to the source.
 */
export class CacheManager {
  private readonly loads = new ShortLivedMap<CacheKey, { landing: Promise<Landing> }>();
  private readonly renewals = new Set<CacheKey>();

  constructor(
    private readonly store: CacheStore,
    private readonly options: CacheManagerOptions,
  ) {}

  /** Contents of this process's memory. */
  get usage(): CacheUsage {
    return this.store.usage;
  }

  /** @returns undefined if there is no value; `null`, `0`, `false` and `''` are values */
  async get<T>(key: CacheKey): Promise<T | undefined> {
    const entry = this.peek(key);
    if (entry) return entry.value as T | undefined;
    const found = await this.find(key);
    const isGood = found.kind === 'hit' && steadyNow() < found.entry.staleUntil;
    this.observe(key, isGood ? found.outcome : found.kind === 'bypassed' ? 'bypassed' : 'miss');
    return isGood ? (found.entry.value as T | undefined) : undefined;
  }

  /** @returns in the order of the keys; undefined for missing values */
  getMany<T>(keys: readonly CacheKey[]): Promise<(T | undefined)[]> {
    return Promise.all(keys.map((key) => this.get<T>(key)));
  }

  /**
   * Stores a value that is known to be the newest. If two writers can overtake each other, invalidate instead, and let
   * `getOrLoad` load. A value that can't be stored (no JSON form, too large) only removes the earlier one.
   */
  async set(key: CacheKey, value: unknown, options: ValueOptions = {}): Promise<void> {
    this.loads.delete(key);
    const entry = entryOf(value, options, this.options.defaultTtlSeconds);
    const text = value === undefined ? undefined : this.storable(encode(entry));
    if (text === undefined) await this.store.remove([key]);
    else await this.store.write(key, text, keepMs(entry), options.tags ?? NO_TAGS);
  }

  /**
   * Returns the cached value, or loads it once for all concurrent callers, in all processes. The result is not stored
   * if the key was invalidated anywhere since the load began; nor is undefined, unless requested.
   *
   * @throws the error of `load`, or CacheLoadTimeoutError, if no older value may be used
   */
  async getOrLoad<T>(key: CacheKey, load: Load<T>, options: LoadOptions = {}): Promise<T> {
    const entry = this.peek(key);
    if (entry) return entry.value as T;
    for (;;) {
      const running = this.loads.get(key);
      if (!running) return (await this.start(key, load, options).landing).value as T;
      const landed = await running.landing;
      if (!landed.isCurrent) continue; // it began before an invalidation that may precede this call
      this.observe(key, 'joined');
      return (landed.text === undefined ? landed.value : decode(landed.text, steadyNow())?.value) as T;
    }
  }

  /**
   * Drops values, including the results of running loads. Call it after the write.
   *
   * @returns whether all processes have dropped them. If not, Redis is unreachable, and they do when this process
   * reaches it again
   */
  async delete(...keys: CacheKey[]): Promise<boolean> {
    for (const key of keys) {
      this.loads.delete(key);
      this.options.observer?.invalidated?.(patternOf(key));
    }
    return this.store.remove(keys);
  }

  /** As {@link delete}, for all values that are stored or loaded with this tag. */
  async deleteTag(tag: string): Promise<boolean> {
    this.loads.clear(); // the tags of running loads are unknown here
    return this.store.removeTag(tag);
  }

  /** Returns a fresh value from memory. */
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

  /** Waits for the load of another process, for at most the time limit of a load. */
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
   * Loads in the background after a stale value was returned; once over all processes. After a failure, the next stale
   * read tries again.
   */
  private async renew<T>(key: CacheKey, load: Load<T>, options: LoadOptions): Promise<void> {
    if (this.renewals.has(key)) return;
    this.renewals.add(key);
    try {
      const lease = await this.store.lease(key, options.tags ?? NO_TAGS);
      if (lease?.leads) await this.loadInto(key, load, options, lease);
      else lease?.giveUp();
    } catch {
      // a caller that may not get a stale value gets the error
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
      if (isSecond) return { kind: 'bypassed' }; // other clients write there as fast as values are dropped
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
