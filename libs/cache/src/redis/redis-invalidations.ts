import { DependencyUnavailableError, messageOf } from '@slipstream/contracts';
import type { Logger, RedisConnections } from '@slipstream/redis';
import { INVALIDATE } from './lease.scripts.js';
import { PendingInvalidations } from './pending-invalidations.js';
import { purge } from './purge.js';
import { redisNames } from './redis-names.js';
import type { WaitBudget } from './wait-budget.js';

const RETRY_MS = 200;
const CATCH_UP_BATCH = 200;

/** How the other processes are told what they may not have in memory any more. */
export interface Announcements {
  readonly channel: string;
  of(key: string): string;
  readonly ofEverything: string;
}

/** Options of {@link RedisInvalidations}. */
export interface RedisInvalidationsOptions {
  prefix: string;
  /** Unconfirmed invalidations that are remembered one by one. */
  maxPending: number;
  /** Tells the other processes: `of` a key goes out together with the change in Redis, `ofEverything` after it. */
  announcements: Announcements;
  /** The server's life that can be reached just now. */
  reachable: () => string | undefined;
  logger: Logger;
}

/** Every invalidation is pending from the moment it is asked for until Redis has confirmed it, however long Redis is away. */
export class RedisInvalidations {
  readonly #pending: PendingInvalidations;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisConnections,
    private readonly options: RedisInvalidationsOptions,
  ) {
    this.#pending = new PendingInvalidations(options.maxPending);
  }

  /** Whether what Redis has of it may be older than an invalidation. */
  isPending(key: string): boolean {
    return this.#pending.has(key);
  }

  /** What the budget doesn't suffice for goes on behind, and is pending until then. */
  async invalidate(keys: readonly string[], budget: WaitBudget): Promise<void> {
    this.#pending.add(keys);
    try {
      await budget.spend(Promise.all(keys.map((key) => this.#confirm(key))));
    } catch (error) {
      this.report(error);
    }
    if (!this.#pending.isEmpty) this.#retrySoon();
  }

  /** As {@link invalidate}, for all that the cache has. */
  async invalidateEverything(budget: WaitBudget): Promise<void> {
    this.#pending.addEverything();
    if (this.options.reachable() === undefined) return;
    await budget.spend(this.catchUp()).catch((error: unknown) => {
      this.report(error);
      this.#retrySoon();
    });
  }

  /** Confirms everything that is pending. */
  async catchUp(): Promise<void> {
    await this.#pending.settleOverflow(async () => {
      const { channel, ofEverything } = this.options.announcements;
      await purge(this.redis, this.options.prefix);
      await this.redis.run('cache.announce', (commands) => commands.publish(channel, ofEverything));
    });
    for (let keys = this.#pending.keys(); keys.length > 0; keys = this.#pending.keys()) {
      await Promise.all(keys.slice(0, CATCH_UP_BATCH).map((key) => this.#confirm(key)));
    }
  }

  /** No error of Redis is one of our caller's. An outage is reported by the connections; the rest is a fault to mend. */
  report(error: unknown): void {
    if (!(error instanceof DependencyUnavailableError)) this.options.logger.warn({ reason: messageOf(error) }, 'redis refuses what the cache asks');
  }

  close(): void {
    clearTimeout(this.#retryTimer);
  }

  /** However long that takes; it stays pending when it fails. */
  async #confirm(key: string): Promise<void> {
    await this.#pending.settle(key, async () => {
      const generation = this.options.reachable();
      if (generation === undefined) throw new DependencyUnavailableError('redis');
      const { value, lease, lock } = redisNames(this.options.prefix, generation, key);
      const { announcements } = this.options;
      await this.redis.run('cache.delete', (commands) => INVALIDATE.run(commands, [value, lease, lock], [announcements.channel, announcements.of(key)]));
    });
  }

  /** While Redis is away its return does this; this is for a Redis that is there and didn't answer. */
  #retrySoon(): void {
    this.#retryTimer ??= setTimeout(() => void this.#retry(), RETRY_MS).unref();
  }

  async #retry(): Promise<void> {
    this.#retryTimer = undefined;
    if (this.#pending.isEmpty || this.options.reachable() === undefined) return;
    try {
      await this.catchUp();
    } catch (error) {
      this.report(error);
      this.#retrySoon();
    }
  }
}
