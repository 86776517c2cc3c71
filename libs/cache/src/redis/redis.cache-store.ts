import { randomUUID } from 'node:crypto';
import type { PurgeEpoch, RedisConnections, SharedPurges } from '@slipstream/redis';
import { redisInsStore, type RedisStore } from 'cache-manager-ioredis-yet';
import type { FillOutcome, Lease, Lookup } from '../cache-store.port.js';
import { BatchedReads } from './batched-reads.js';
import { FILL, UNLOCK } from './fill.script.js';
import { ObjectPurges, type ObjectPurgesOptions } from './object-purges.js';
import { redisNames, type RedisNames } from './redis-names.js';
import { decodeStored, encodeStored } from './stored-text.js';
import { WaitBudget } from './wait-budget.js';

/** Time after which a load without a result loses the lead: its process may be gone. */
const LOCK_MS = 5_000;

/** Options of {@link RedisCacheStore}. */
export interface RedisCacheStoreOptions extends ObjectPurgesOptions {
  prefix: string;
  /** Longest time that one call waits for Redis. */
  waitMs: number;
}

/** Properties of the value to store, except its text. */
interface Load {
  readonly position: number;
  readonly tags: readonly string[];
  /** Token of the lock, if the load leads. */
  readonly own: string;
}

/** A key's position in the current epoch. */
interface Place {
  readonly epoch: PurgeEpoch;
  readonly names: RedisNames;
}

/**
 * Texts in Redis, shared by all processes (the second tier). Each is stored with the position in the purge log at which
 * its load began, and is used only if no later purge matches it. A purge is therefore one entry in the log, and a slow,
 * unreachable or restored Redis hides no write.
 */
export class RedisCacheStore {
  private readonly redis: RedisConnections;
  private readonly store: RedisStore;
  private readonly reads: BatchedReads;
  private readonly purges: ObjectPurges;

  constructor(
    private readonly shared: SharedPurges,
    private readonly options: RedisCacheStoreOptions,
  ) {
    this.redis = shared.redis;
    this.store = redisInsStore(shared.redis.commands);
    this.purges = new ObjectPurges(shared, options);
    this.reads = new BatchedReads(shared.redis, options.waitMs, () => this.follow());
  }

  async lookup(key: string, tags?: readonly string[]): Promise<Lookup> {
    const place = this.placeOf(key);
    if (!place) return { kind: 'bypassed' };
    const startedAt = performance.now();
    try {
      const stored = await this.reads.read(place.names.value);
      if (place.epoch !== this.shared.trusted) return { kind: 'bypassed' };
      const text = stored === undefined ? undefined : this.judge(key, place.epoch, stored);
      if (text !== undefined) return { kind: 'hit', text, level: 'shared' };
      if (!tags) return { kind: 'miss', lease: undefined };
      const lease = await this.take(key, tags, new WaitBudget(this.options.waitMs - (performance.now() - startedAt)));
      return lease ? { kind: 'miss', lease } : { kind: 'bypassed' };
    } catch (error) {
      this.purges.report(error);
      return { kind: 'bypassed' };
    }
  }

  async lease(key: string, tags: readonly string[]): Promise<Lease | undefined> {
    try {
      return await this.take(key, tags, new WaitBudget(this.options.waitMs));
    } catch (error) {
      this.purges.report(error);
      return undefined;
    }
  }

  async write(key: string, text: string, ttlMs: number, tags: readonly string[]): Promise<void> {
    const budget = new WaitBudget(this.options.waitMs);
    // ends running loads, and reaches the memory of other processes
    const position = await this.purges.purge({ keys: [key] }, budget);
    const place = this.placeOf(key);
    if (position === undefined || !place) return;
    const stored = encodeStored({ position, tags, text });
    const { value, lock } = place.names;
    const written = this.redis.run('cache.set', (commands) =>
      Promise.all([this.store.set(value, stored, Math.ceil(ttlMs)), commands.unlink(lock)]),
    );
    await budget.spend(written).catch((error: unknown) => this.purges.report(error));
  }

  /** @returns whether the log contains it */
  async remove(keys: readonly string[]): Promise<boolean> {
    const budget = new WaitBudget(this.options.waitMs);
    const [number] = await Promise.all([this.purges.purge({ keys }, budget), this.unlink(keys, budget)]);
    return number !== undefined;
  }

  /** @returns whether the log contains it */
  async removeTag(tag: string): Promise<boolean> {
    return (await this.purges.purge({ tag }, new WaitBudget(this.options.waitMs))) !== undefined;
  }

  /** @returns undefined for a value that was purged since its load began; an empty text for a foreign value */
  private judge(key: string, epoch: PurgeEpoch, text: string): string | undefined {
    const stored = decodeStored(text);
    if (!stored || stored.position > epoch.number) return '';
    return this.purges.isPurged(key, stored) ? undefined : stored.text;
  }

  private async take(key: string, tags: readonly string[], budget: WaitBudget): Promise<Lease | undefined> {
    const place = this.placeOf(key);
    if (!place) return undefined;
    const position = place.epoch.number;
    const own = randomUUID();
    const taken = await budget.spend(
      this.redis.run('cache.lock', (commands) => commands.set(place.names.lock, own, 'PX', LOCK_MS, 'NX')),
    );
    return this.leaseOf(key, place, { position, tags, own, leads: taken !== null }, budget);
  }

  private leaseOf(key: string, place: Place, load: Load & { readonly leads: boolean }, budget: WaitBudget): Lease {
    const { names, epoch } = place;
    const { leads, own } = load;
    const giveUp = (): void => {
      if (leads)
        // it ends by itself
        this.redis.run('cache.unlock', (commands) => UNLOCK.run(commands, [names.lock], [own])).catch(() => {});
    };
    const fill = async (text: string, ttlMs: number): Promise<FillOutcome> => {
      const isUsable = this.placeOf(key)?.epoch === epoch;
      const outcome =
        isUsable && !this.purges.isPurged(key, load)
          ? await this.fill(place, { ...load, text }, ttlMs, budget)
          : 'unavailable';
      if (outcome === 'unavailable') giveUp();
      return isUsable && this.purges.isPurged(key, load) ? 'superseded' : outcome;
    };
    return { leads, fill, giveUp };
  }

  private async fill(
    { names, epoch }: Place,
    stored: Load & { readonly text: string },
    ttlMs: number,
    budget: WaitBudget,
  ): Promise<FillOutcome> {
    const args = [stored.position, JSON.stringify(encodeStored(stored)), Math.ceil(ttlMs), stored.own];
    const filled = this.redis.run('cache.fill', (commands) => FILL.run(commands, [names.value, names.lock], args));
    try {
      const [isStored, isCurrent] = await budget.spend(Promise.all([filled, this.shared.follow(epoch)]));
      if (!isCurrent) return 'unavailable';
      return isStored === 1 ? 'stored' : 'superseded';
    } catch (error) {
      this.purges.report(error);
      return 'unavailable';
    }
  }

  /** Frees memory of Redis, and lets the next load begin at once. Only the purge log decides which values are valid. */
  private async unlink(keys: readonly string[], budget: WaitBudget): Promise<void> {
    const places = keys.flatMap((key) => this.placeOf(key, true) ?? []);
    const unlinked = places.map(({ names }) =>
      this.redis.run('cache.delete', (commands) => commands.unlink(names.value, names.lock)),
    );
    await budget.spend(Promise.all(unlinked)).catch((error: unknown) => this.purges.report(error));
  }

  private async follow(): Promise<boolean> {
    const epoch = this.shared.trusted;
    return epoch !== undefined && this.shared.follow(epoch);
  }

  private placeOf(key: string, isPendingToo = false): Place | undefined {
    const epoch = this.shared.trusted;
    if (!epoch || (!isPendingToo && this.purges.isPending(key))) return undefined;
    return { epoch, names: redisNames(this.options.prefix, epoch.name, key) };
  }
}
