import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { DependencyUnavailableError, messageOf } from '@slipstream/contracts';
import type { Logger, RedisConnections } from '@slipstream/redis';
import { parsePurge, type Purge, type Purgeable } from '../purge/purge-scope.js';
import { PendingPurges } from './pending-purges.js';
import { PurgeLog } from './purge-log.js';
import { APPEND_PURGE, OPEN_LOG } from './purge-log.scripts.js';
import { within } from './within.js';

const RETRY_MS = 200;
/** Longer than any record lives, so that no log is forgotten while something is left that it speaks of. */
const LOG_LIFE_MS = 2 * 24 * 3_600_000;
const MAX_PURGES = 20_000;
const PAGE = 1_000;
const MAX_PENDING = 1_000;

/** One life of the log in one life of the server, and what is known of it here. */
export interface Era {
  /** What the names of all keys begin with. */
  readonly prefix: string;
  readonly life: string;
  readonly log: PurgeLog;
}

export interface SharedPurgesOptions {
  prefix: string;
  waitMs: number;
  distrustMs: number;
  logger: Logger;
}

/**
 * The purges of all processes, in Redis, and whether what lies there may be believed. A restart of Redis may bring back answers from
 * before a purge (they were saved, the purge was not), so each life of the server has keys of its own. After a lost connection to the
 * same life, answers are trusted again when the purges of this process and, by a waiting time, those of others are in.
 */
export class SharedPurges {
  readonly #pending = new PendingPurges(MAX_PENDING);
  #trusted: Era | undefined;
  /** Where purges can be sent, trusted or not. */
  #reachable: Era | undefined;
  #lastServer: string | undefined;
  #hadOutage = false;
  /** Aborted by the next loss of the connection. */
  #connection = new AbortController();
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisConnections,
    private readonly options: SharedPurgesOptions,
  ) {
    redis.commands.on('close', this.#onClose).on('ready', this.#onReady);
    if (redis.isReady) this.#onReady();
  }

  /** What may be read and written; undefined when nothing may. */
  get trusted(): Era | undefined {
    return this.#trusted;
  }

  /** Whether a purge of this process means it that isn't confirmed. */
  isPending(record: Purgeable): boolean {
    return !this.#pending.isEmpty && this.#pending.mean(record);
  }

  /** Resolves when the purge is confirmed or the wait was too long; then it stays pending until it is. */
  async purge(purge: Purge): Promise<void> {
    const added = this.#pending.add(purge);
    await within(this.options.waitMs, this.#confirm(added));
    if (!this.#pending.isEmpty) this.#retrySoon();
  }

  /**
   * Makes this era know all purges.
   *
   * @param last the number of the last one: what the log doesn't have any more may have meant everything
   * @throws DependencyUnavailableError when Redis doesn't tell
   */
  async catchUp(era: Era, last: number): Promise<void> {
    const { log } = era;
    for (let more = true; more; ) {
      const entries = await this.redis.run('http-cache.purges', (commands) => commands.xrange(streamOf(era), `${log.last + 1}-0`, '+', 'COUNT', PAGE));
      for (const [id, [, text = '']] of entries) {
        const number = Number(id.split('-', 1)[0]);
        if (number > log.last + 1) log.add(number - 1, EVERYTHING);
        if (number > log.last) log.add(number, parsed(text));
      }
      more = entries.length === PAGE;
    }
    if (log.last < last) log.add(last, EVERYTHING);
  }

  /** The log isn't that of this era any more: begins anew. */
  restart(era: Era): void {
    if (this.#trusted !== era) return;
    this.#onClose();
    this.#onReady();
  }

  close(): void {
    this.redis.commands.off('close', this.#onClose).off('ready', this.#onReady);
    clearTimeout(this.#retryTimer);
    this.#onClose();
  }

  readonly #onReady = (): void => void this.#recover(this.#connection.signal);

  readonly #onClose = (): void => {
    this.#trusted = undefined;
    this.#reachable = undefined;
    this.#hadOutage = true;
    this.#connection.abort();
    this.#connection = new AbortController();
  };

  async #recover(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        return await this.#reconcile(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.options.logger.warn({ reason: messageOf(error) }, 'the response cache does not trust redis yet; trying again');
        await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => {}); // aborted: the loop ends
      }
    }
  }

  async #reconcile(signal: AbortSignal): Promise<void> {
    const server = await this.#readServer();
    const era = { prefix: `${this.options.prefix}${server}:`, life: '', log: new PurgeLog(MAX_PURGES) };
    const opened = await this.redis.run('http-cache.open', (commands) => OPEN_LOG.run(commands, [hashOf(era)], [randomUUID(), LOG_LIFE_MS]));
    const [life, last] = opened as [string, string];
    if (signal.aborted) return;
    this.#reachable = era;
    await this.#confirmAll();
    if (this.#hadOutage && (this.#lastServer === undefined || this.#lastServer === server)) await delay(this.options.distrustMs, undefined, { signal, ref: false });
    await this.catchUp(era, Number(last));
    if (signal.aborted) return;
    this.#lastServer = server;
    this.#hadOutage = false;
    this.#trusted = { ...era, life };
  }

  /** A cluster has many lives at once; there the waiting time alone must do. */
  async #readServer(): Promise<string> {
    if (this.redis.commands.isCluster) return 'cluster';
    const info = await this.redis.run('server.info', (commands) => commands.info('server'));
    return /run_id:(\w+)/.exec(info)?.[1] ?? 'unknown';
  }

  /** However long that takes. It stays pending when it fails. */
  async #confirm(purge: Purge): Promise<void> {
    const era = this.#reachable;
    if (!era) throw new DependencyUnavailableError('redis');
    const args = [randomUUID(), LOG_LIFE_MS, JSON.stringify(purge), MAX_PURGES];
    await this.redis.run('http-cache.purge', (commands) => APPEND_PURGE.run(commands, [hashOf(era), streamOf(era)], args));
    this.#pending.settle(purge);
  }

  async #confirmAll(): Promise<void> {
    for (const purge of this.#pending.all()) await this.#confirm(purge);
  }

  /** While Redis is away its return does this; this is for a Redis that is there and didn't answer. */
  #retrySoon(): void {
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = undefined;
      if (!this.#reachable) return;
      this.#confirmAll().catch(() => this.#retrySoon());
    }, RETRY_MS).unref();
  }
}

/** One slot of a cluster. */
export const hashOf = ({ prefix }: Pick<Era, 'prefix'>): string => `${prefix}{purges}`;
const streamOf = ({ prefix }: Pick<Era, 'prefix'>): string => `${prefix}{purges}:log`;

/** What can't be read may have meant everything. */
function parsed(text: string): Purge {
  try {
    return parsePurge(JSON.parse(text)) ?? EVERYTHING;
  } catch {
    return EVERYTHING;
  }
}

const EVERYTHING: Purge = { scope: { type: 'everything' }, isSoft: false };
