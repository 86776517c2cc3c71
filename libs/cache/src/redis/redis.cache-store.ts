import { randomUUID } from 'node:crypto';
import { DependencyUnavailableError, messageOf } from '@slipstream/contracts';
import type { Logger, RedisConnections } from '@slipstream/redis';
import { redisInsStore, type RedisStore } from 'cache-manager-ioredis-yet';
import type { FillOutcome, Lease, Lookup } from '../cache-store.port.js';
import { BatchedReads } from './batched-reads.js';
import { FILL, INVALIDATE, TAKE_LEASE, UNLOCK } from './lease.scripts.js';
import { PendingInvalidations } from './pending-invalidations.js';
import { purge } from './purge.js';
import { RedisTags } from './redis-tags.js';
import { RedisTrust } from './redis-trust.js';
import { WaitBudget } from './wait-budget.js';

/** A load that takes longer is not stored. */
const LEASE_MS = 120_000;
/** Who leads a load and has nothing by then leads no more: its process may be gone. */
const LOCK_MS = 5_000;
const RETRY_MS = 200;
const CATCH_UP_BATCH = 200;

/** Options of {@link RedisCacheStore}. */
export interface RedisCacheStoreOptions {
  prefix: string;
  /** Longest that one call waits for Redis. */
  waitMs: number;
  /** See RedisTrust. */
  distrustMs: number;
  /** Unconfirmed invalidations that are remembered one by one. */
  maxPending: number;
  /** Tells the other processes: `invalidation` goes out together with the change in Redis, `everything` after it. */
  announcements: Announcements;
  logger: Logger;
}

/** How the other processes are told what they may not have in memory any more. */
export interface Announcements {
  readonly channel: string;
  of(key: string): string;
  readonly ofEverything: string;
}

/** A key's value and its lease, in one slot of a cluster. */
interface Names {
  value: string;
  lease: string;
  lock: string;
}

/**
 * Texts in Redis, shared by all processes (L2). Every invalidation is pending from the moment it is asked for until Redis has confirmed
 * it; a pending key is read from the source. So a Redis that is away, slow or cut off hides no write.
 */
export class RedisCacheStore {
  readonly #store: RedisStore;
  readonly #reads: BatchedReads;
  readonly #pending: PendingInvalidations;
  readonly #trust: RedisTrust;
  readonly #tags: RedisTags;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisConnections,
    private readonly options: RedisCacheStoreOptions,
  ) {
    this.#store = redisInsStore(redis.commands);
    this.#reads = new BatchedReads(redis, options.waitMs);
    this.#tags = new RedisTags(redis, options.prefix);
    this.#pending = new PendingInvalidations(options.maxPending);
    this.#trust = new RedisTrust(redis, { ...options, catchUp: () => this.#catchUp() });
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
      this.#report(error);
      return { kind: 'bypassed' };
    }
  }

  async lease(key: string, tags: readonly string[]): Promise<Lease | undefined> {
    try {
      return await this.#take(key, tags, new WaitBudget(this.options.waitMs));
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  async write(key: string, text: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    const names = this.#trustedNames(key);
    const budget = new WaitBudget(this.options.waitMs);
    if (!names) return this.#remove([key], budget);
    try {
      await budget.spend(this.#write(key, names, text, ttlMs, tags));
    } catch (error) {
      this.#report(error);
      await this.#remove([key], budget); // the value before this one may still be there, or in another process's memory
    }
  }

  remove(keys: readonly string[]): Promise<void> {
    return this.#remove(keys, new WaitBudget(this.options.waitMs));
  }

  /** What the budget doesn't suffice for goes on behind, and is pending until then. */
  async #remove(keys: readonly string[], budget: WaitBudget): Promise<void> {
    this.#pending.add(keys);
    try {
      await budget.spend(Promise.all(keys.map((key) => this.#invalidate(key))));
    } catch (error) {
      this.#report(error);
    }
    if (!this.#pending.isEmpty) this.#retrySoon();
  }

  /** @returns the keys that had it */
  async removeTag(tag: string): Promise<readonly string[] | 'everything'> {
    const budget = new WaitBudget(this.options.waitMs);
    const keys = await this.#takeTag(tag, budget);
    if (keys) await this.#remove(keys, budget);
    else await this.#removeEverything(budget);
    return keys ?? 'everything';
  }

  close(): void {
    clearTimeout(this.#retryTimer);
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

  #leaseOf(key: string, names: Names, { token, own, leads }: { token: string; own: string; leads: boolean }, budget: WaitBudget): Lease {
    const giveUp = (): void => {
      if (leads) this.redis.run('cache.unlock', (commands) => UNLOCK.run(commands, [names.lock], [own])).catch(() => {}); // it ends by itself
    };
    const fill = async (text: string, ttlMs: number): Promise<FillOutcome> => {
      if (this.#trustedNames(key)?.value !== names.value) return 'unavailable';
      const filled = this.redis.run('cache.fill', (commands) => FILL.run(commands, [names.value, names.lease, names.lock], [token, JSON.stringify(text), Math.ceil(ttlMs)]));
      try {
        return (await budget.spend(filled)) === 1 ? 'stored' : 'superseded';
      } catch (error) {
        this.#report(error);
        giveUp();
        return 'unavailable';
      }
    };
    return { leads, fill, giveUp };
  }

  async #write(key: string, { value, lease, lock }: Names, text: string, ttlMs: number, tags: readonly string[]): Promise<void> {
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
      this.#report(error);
      return undefined;
    }
  }

  async #removeEverything(budget: WaitBudget): Promise<void> {
    this.#pending.addEverything();
    if (this.#trust.reachable === undefined) return;
    await budget.spend(this.#catchUp()).catch((error: unknown) => {
      this.#report(error);
      this.#retrySoon();
    });
  }

  /** Confirms one pending invalidation, however long that takes; it stays pending when it fails. */
  async #invalidate(key: string): Promise<void> {
    await this.#pending.settle(key, async () => {
      const generation = this.#trust.reachable;
      if (generation === undefined) throw new DependencyUnavailableError('redis');
      const { value, lease, lock } = this.#names(generation, key);
      const { announcements } = this.options;
      await this.redis.run('cache.delete', (commands) => INVALIDATE.run(commands, [value, lease, lock], [announcements.channel, announcements.of(key)]));
    });
  }

  /** Confirms everything that is pending. */
  async #catchUp(): Promise<void> {
    await this.#pending.settleOverflow(async () => {
      const { channel, ofEverything } = this.options.announcements;
      await purge(this.redis, this.options.prefix);
      await this.redis.run('cache.announce', (commands) => commands.publish(channel, ofEverything));
    });
    for (let keys = this.#pending.keys(); keys.length > 0; keys = this.#pending.keys()) {
      await Promise.all(keys.slice(0, CATCH_UP_BATCH).map((key) => this.#invalidate(key)));
    }
  }

  /** While Redis is away its return does this; this is for a Redis that is there and didn't answer. */
  #retrySoon(): void {
    this.#retryTimer ??= setTimeout(() => void this.#retry(), RETRY_MS).unref();
  }

  async #retry(): Promise<void> {
    this.#retryTimer = undefined;
    if (this.#pending.isEmpty || this.#trust.reachable === undefined) return;
    try {
      await this.#catchUp();
    } catch (error) {
      this.#report(error);
      this.#retrySoon();
    }
  }

  #trustedNames(key: string): Names | undefined {
    const generation = this.#trust.trusted;
    return generation === undefined || this.#pending.has(key) ? undefined : this.#names(generation, key);
  }

  /** No error of Redis is one of our caller's. An outage is reported by the connections; the rest is a fault to mend. */
  #report(error: unknown): void {
    if (!(error instanceof DependencyUnavailableError)) this.options.logger.warn({ reason: messageOf(error) }, 'redis refuses what the cache asks');
  }

  #names(generation: string, key: string): Names {
    const value = `${this.options.prefix}${generation}:{${key}}`;
    return { value, lease: `${value}:lease`, lock: `${value}:lock` };
  }
}
