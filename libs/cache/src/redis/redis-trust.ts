import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '@slipstream/contracts';
import type { Logger, RedisConnections } from '@slipstream/redis';

const RETRY_MS = 200;

/** Options of {@link RedisTrust}. */
export interface RedisTrustOptions {
  /** How long, after a lost connection, other processes are given to make up for the invalidations that they couldn't send. */
  distrustMs: number;
  logger: Logger;
  /** Makes up for ours. Called whenever the connection is back, before it is trusted. */
  catchUp: () => Promise<void>;
}

/**
 * Knows whether what is in Redis may be believed. A generation is one life of the server: a restart may bring back
 * values from before an invalidation (they were saved, the invalidation was not), so a new life means new keys. After a lost connection
 * to the same life, values are trusted again when our own invalidations and, by a waiting time, those of others are in.
 */
export class RedisTrust {
  /** The life that the last connection was to. */
  #lastSeen: string | undefined;
  /** The life that this connection is to, once asked. */
  #reachable: string | undefined;
  #isTrusted = false;
  #hadOutage = false;
  /** Aborted by the next loss of the connection. */
  #connection = new AbortController();

  readonly #onReady = (): void => void this.#recover(this.#connection.signal);
  readonly #onClose = (): void => {
    this.#isTrusted = false;
    this.#reachable = undefined;
    this.#hadOutage = true;
    this.#connection.abort();
    this.#connection = new AbortController();
  };

  constructor(
    private readonly redis: RedisConnections,
    private readonly options: RedisTrustOptions,
  ) {
    redis.commands.on('close', this.#onClose);
    redis.commands.on('ready', this.#onReady);
    if (redis.isReady) this.#onReady();
  }

  /** The server's life whose values may be read and stored; undefined when none may. */
  get trusted(): string | undefined {
    return this.#isTrusted ? this.#reachable : undefined;
  }

  /** The server's life that invalidations go to; undefined when it can't be reached. */
  get reachable(): string | undefined {
    return this.#reachable;
  }

  close(): void {
    this.redis.commands.off('close', this.#onClose);
    this.redis.commands.off('ready', this.#onReady);
    this.#isTrusted = false;
    this.#connection.abort();
  }

  async #recover(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#reconcile(signal);
        this.#isTrusted = !signal.aborted;
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.options.logger.warn({ reason: messageOf(error) }, 'the cache does not trust redis yet; trying again');
        await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => {}); // aborted: the loop ends
      }
    }
  }

  async #reconcile(signal: AbortSignal): Promise<void> {
    const before = this.#lastSeen;
    const now = await this.#readGeneration();
    if (signal.aborted) return;
    this.#reachable = now;
    await this.options.catchUp();
    const isSameLife = before === undefined || before === now;
    if (this.#hadOutage && isSameLife) await delay(this.options.distrustMs, undefined, { signal, ref: false });
    if (signal.aborted) return;
    this.#lastSeen = now;
    this.#hadOutage = false;
  }

  /** A cluster has many lives at once; there the waiting time alone must do. */
  async #readGeneration(): Promise<string> {
    if (this.redis.commands.isCluster) return 'cluster';
    const info = await this.redis.run('server.info', (commands) => commands.info('server'));
    return /run_id:(\w+)/.exec(info)?.[1] ?? 'unknown';
  }
}
