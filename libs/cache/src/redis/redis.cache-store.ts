import { randomUUID } from 'node:crypto';
import type { Logger, RedisConnections } from '@slipstream/redis';
import { redisInsStore, type RedisStore } from 'cache-manager-ioredis-yet';
import type { FillOutcome, Lease, Lookup } from '../cache-store.port.js';
import { BatchedReads } from './batched-reads.js';
import { FILL, TAKE_LEASE, UNLOCK } from './lease.scripts.js';
import { RedisInvalidations, type Announcements } from './redis-invalidations.js';
import { redisNames, type RedisNames } from './redis-names.js';
import { RedisTags } from './redis-tags.js';
import { RedisTrust } from './redis-trust.js';
import { WaitBudget } from './wait-budget.js';

/** A load that takes longer is not stored. */
const LEASE_MS = 120_000;
/** Who leads a load and has nothing by then leads no more: its process may be gone. */
const LOCK_MS = 5_000;

/** Options of {@link RedisCacheStore}. */
export interface RedisCacheStoreOptions {
  prefix: string;
  /** Longest that one call waits for Redis. */
  waitMs: number;
  /** See RedisTrust. */
  distrustMs: number;
  /** See RedisInvalidations. */
  maxPending: number;
  /** See RedisInvalidations. */
  announcements: Announcements;
  logger: Logger;
}

/**
 * Texts in Redis, shared by all processes (L2). Every invalidation is pending from the moment it is asked for until Redis has confirmed
 * it; a pending key is read from the source. So a Redis that is away, slow or cut off hides no write.
 */
export class RedisCacheStore {
  readonly #store: RedisStore;
  readonly #reads: BatchedReads;
  readonly #invalidations: RedisInvalidations;
  readonly #trust: RedisTrust;
  readonly #tags: RedisTags;

  constructor(
    private readonly redis: RedisConnections,
    private readonly options: RedisCacheStoreOptions,
  ) {
    this.#store = redisInsStore(redis.commands);
    this.#reads = new BatchedReads(redis, options.waitMs);
    this.#tags = new RedisTags(redis, options.prefix);
    this.#invalidations = new RedisInvalidations(redis, { ...options, reachable: () => this.#trust.reachable });
    this.#trust = new RedisTrust(redis, { ...options, catchUp: () => this.#invalidations.catchUp() });
  }

  async lookup(key: string, tags?: readonly string[]): Promise<Lookup> {
    const names = this.#trustedNames(key);
    if (!names) return { kind: 'bypassed' };
    const startedAt = performance.now();
    try {
      const text = await this.#reads.read(names.value);
      if (text !== undefined) return { kind: 'hit', text, level: 'shared' };
      if (!tags) return { kind: 'miss', lease: undefined };
      const lease = await this.#take(key, tags, new WaitBudget(this.options.waitMs - (performance.now() - startedAt)));
      return lease ? { kind: 'miss', lease } : { kind: 'bypassed' };
    } catch (error) {
      this.#invalidations.report(error);
      return { kind: 'bypassed' };
    }
  }

  async lease(key: string, tags: readonly string[]): Promise<Lease | undefined> {
    try {
      return await this.#take(key, tags, new WaitBudget(this.options.waitMs));
    } catch (error) {
      this.#invalidations.report(error);
      return undefined;
    }
  }

  async write(key: string, text: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    const names = this.#trustedNames(key);
    const budget = new WaitBudget(this.options.waitMs);
    if (!names) return this.#invalidations.invalidate([key], budget);
    try {
      await budget.spend(this.#write(key, names, text, ttlMs, tags));
    } catch (error) {
      this.#invalidations.report(error);
      await this.#invalidations.invalidate([key], budget); // the value before this one may still be there, or in another process's memory
    }
  }

  remove(keys: readonly string[]): Promise<void> {
    return this.#invalidations.invalidate(keys, new WaitBudget(this.options.waitMs));
  }

  /** @returns the keys that had it */
  async removeTag(tag: string): Promise<readonly string[] | 'everything'> {
    const budget = new WaitBudget(this.options.waitMs);
    const keys = await this.#takeTag(tag, budget);
    if (keys) await this.#invalidations.invalidate(keys, budget);
    else await this.#invalidations.invalidateEverything(budget);
    return keys ?? 'everything';
  }

  close(): void {
    this.#invalidations.close();
    this.#trust.close();
  }

  async #take(key: string, tags: readonly string[], budget: WaitBudget): Promise<Lease | undefined> {
    const generation = this.#trust.trusted;
    const names = this.#trustedNames(key);
    if (!names || generation === undefined) return undefined;
    const own = randomUUID();
    const taking = this.redis.run('cache.lease', (commands) => TAKE_LEASE.run(commands, [names.lease, names.lock], [own, LEASE_MS, LOCK_MS]));
    const [taken] = await budget.spend(Promise.all([taking, this.#tags.add(generation, key, tags)]));
    const [token, leads] = taken as [string, number];
    return this.#leaseOf(key, names, { token, own, leads: leads === 1 }, budget);
  }

  #leaseOf(key: string, names: RedisNames, { token, own, leads }: { token: string; own: string; leads: boolean }, budget: WaitBudget): Lease {
    const giveUp = (): void => {
      if (leads) this.redis.run('cache.unlock', (commands) => UNLOCK.run(commands, [names.lock], [own])).catch(() => {}); // it ends by itself
    };
    const fill = async (text: string, ttlMs: number): Promise<FillOutcome> => {
      if (this.#trustedNames(key)?.value !== names.value) return 'unavailable';
      const filled = this.redis.run('cache.fill', (commands) => FILL.run(commands, [names.value, names.lease, names.lock], [token, JSON.stringify(text), Math.ceil(ttlMs)]));
      try {
        return (await budget.spend(filled)) === 1 ? 'stored' : 'superseded';
      } catch (error) {
        this.#invalidations.report(error);
        giveUp();
        return 'unavailable';
      }
    };
    return { leads, fill, giveUp };
  }

  async #write(key: string, { value, lease, lock }: RedisNames, text: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    const { announcements } = this.options;
    const generation = this.#trust.trusted;
    if (generation !== undefined) await this.#tags.add(generation, key, tags);
    await this.redis.run('cache.set', () => Promise.all([this.#store.mdel(lease, lock), this.#store.set(value, text, Math.ceil(ttlMs))]));
    await this.redis.run('cache.announce', (commands) => commands.publish(announcements.channel, announcements.of(key)));
  }

  /** @returns undefined when nobody can say which keys had it */
  async #takeTag(tag: string, budget: WaitBudget): Promise<readonly string[] | undefined> {
    const generation = this.#trust.reachable;
    if (generation === undefined) return undefined;
    try {
      return await budget.spend(this.#tags.take(generation, tag));
    } catch (error) {
      this.#invalidations.report(error);
      return undefined;
    }
  }

  #trustedNames(key: string): RedisNames | undefined {
    const generation = this.#trust.trusted;
    return generation === undefined || this.#invalidations.isPending(key) ? undefined : redisNames(this.options.prefix, generation, key);
  }
}
