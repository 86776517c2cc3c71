import { randomUUID } from 'node:crypto';
import { DependencyUnavailableError, messageOf } from '@slipstream/contracts';
import { toRedisError, type Logger, type RedisConnections } from '@slipstream/redis';
import { redisInsStore, type RedisStore } from 'cache-manager-ioredis-yet';
import type { CacheStore, FillOutcome, Lease, Lookup } from '../cache-store.port.js';
import { FILL, TAKE_LEASE } from './lease.scripts.js';
import { PendingInvalidations } from './pending-invalidations.js';
import { purge } from './purge.js';
import { RedisTrust } from './redis-trust.js';
import { WaitBudget } from './wait-budget.js';

/** A load that takes longer is not stored. */
const LEASE_MS = 120_000;
const RETRY_MS = 200;
const CATCH_UP_BATCH = 200;
/** Stands for what no store of ours wrote; never a text of ours. */
const FOREIGN = '';

/** Options of {@link RedisCacheStore}. */
export interface RedisCacheStoreOptions {
  prefix: string;
  /** Longest that one call waits for Redis. */
  waitMs: number;
  /** See RedisTrust. */
  distrustMs: number;
  /** Unconfirmed invalidations that are remembered one by one. */
  maxPending: number;
  logger: Logger;
}

/** A key's value and its lease, in one slot of a cluster. */
interface Names {
  value: string;
  lease: string;
}

/**
 * Texts in Redis, shared by all processes. Every invalidation is pending from the moment it is asked for until Redis has confirmed
 * it; a pending key is read from the source. So a Redis that is away, slow or cut off hides no write.
 */
export class RedisCacheStore implements CacheStore {
  readonly #store: RedisStore;
  readonly #pending: PendingInvalidations;
  readonly #trust: RedisTrust;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisConnections,
    private readonly options: RedisCacheStoreOptions,
  ) {
    this.#store = redisInsStore(redis.commands);
    this.#pending = new PendingInvalidations(options.maxPending);
    this.#trust = new RedisTrust(redis, { ...options, catchUp: () => this.#catchUp() });
  }

  async lookup(key: string): Promise<Lookup> {
    const names = this.#trustedNames(key);
    if (!names) return { kind: 'bypassed' };
    const budget = new WaitBudget(this.options.waitMs);
    try {
      const text = await budget.spend(this.#read(names));
      if (text !== undefined) return { kind: 'hit', text };
      const token = await budget.spend(this.redis.run('cache.lease', (commands) => TAKE_LEASE.run(commands, [names.lease], [randomUUID(), LEASE_MS])));
      return { kind: 'miss', lease: this.#lease(key, names, String(token), budget) };
    } catch (error) {
      this.#report(error);
      return { kind: 'bypassed' };
    }
  }

  async write(key: string, text: string, ttlMs: number): Promise<void> {
    const names = this.#trustedNames(key);
    if (!names) return this.remove([key]);
    try {
      const written = this.redis.run('cache.set', () => Promise.all([this.#store.del(names.lease), this.#store.set(names.value, text, ttlMs)]));
      await new WaitBudget(this.options.waitMs).spend(written);
    } catch (error) {
      this.#report(error);
      await this.remove([key]); // the value before this one may still be there
    }
  }

  async remove(keys: readonly string[]): Promise<void> {
    this.#pending.add(keys);
    try {
      await new WaitBudget(this.options.waitMs).spend(Promise.all(keys.map((key) => this.#invalidate(key))));
    } catch (error) {
      this.#report(error);
    }
    if (!this.#pending.isEmpty) this.#retrySoon();
  }

  close(): void {
    clearTimeout(this.#retryTimer);
    this.#trust.close();
  }

  async #read(names: Names): Promise<string | undefined> {
    try {
      const text = await this.#store.get<unknown>(names.value);
      return text === undefined || typeof text === 'string' ? text : FOREIGN;
    } catch (error) {
      const reason = toRedisError(error);
      if (reason instanceof DependencyUnavailableError) throw reason;
      return FOREIGN; // not a string, or not what the store's serialiser writes
    }
  }

  #lease(key: string, names: Names, token: string, budget: WaitBudget): Lease {
    const fill = async (text: string, ttlMs: number): Promise<FillOutcome> => {
      if (this.#trustedNames(key)?.value !== names.value) return 'unavailable';
      const filled = this.redis.run('cache.fill', (commands) => FILL.run(commands, [names.value, names.lease], [token, JSON.stringify(text), ttlMs]));
      try {
        return (await budget.spend(filled)) === 1 ? 'stored' : 'superseded';
      } catch (error) {
        this.#report(error);
        return 'unavailable';
      }
    };
    return { fill };
  }

  /** Confirms one pending invalidation, however long that takes; it stays pending when it fails. */
  async #invalidate(key: string): Promise<void> {
    await this.#pending.settle(key, async () => {
      const generation = this.#trust.reachable;
      if (generation === undefined) throw new DependencyUnavailableError('redis');
      const { value, lease } = this.#names(generation, key);
      await this.redis.run('cache.delete', () => this.#store.mdel(value, lease));
    });
  }

  /** Confirms everything that is pending. */
  async #catchUp(): Promise<void> {
    await this.#pending.settleOverflow(() => purge(this.redis, this.options.prefix));
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
    return { value, lease: `${value}:lease` };
  }
}
