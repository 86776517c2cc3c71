import { createHash } from 'node:crypto';
import { DependencyUnavailableError, messageOf } from '@slipstream/contracts';
import type { Logger, RedisConnections } from '@slipstream/redis';
import type { CacheObserver, SharedOutcome } from '../cache-observer.port.js';
import type { Purge } from '../purge/purge-scope.js';
import { softened, type CacheRecord } from '../store/cache-record.js';
import type { PurgeMoment, SharedResponseStore } from '../store/shared-store.port.js';
import { decodeRecord, encodeRecord, type SharedRecord } from './record-codec.js';
import { hashOf, SharedPurges, type Era } from './shared-purges.js';
import { within } from './within.js';

/** How long a Redis that kept somebody waiting isn't asked again. */
const PAUSE_MS = 1_000;
const MAX_TTL_MS = 24 * 3_600_000;
/** Records on their way to Redis, together. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

/** Options of {@link RedisResponseStore}. */
export interface RedisResponseStoreOptions {
  /** What all keys begin with. Default `slipstream:http-cache:`. */
  prefix?: string;
  /** Longest that one question waits for Redis. Default 50, minimum 1. */
  waitMs?: number;
  /** Larger records, fields included, are kept in memory only. Default 1 MiB. */
  maxRecordBytes?: number;
  /**
   * How long, after a lost connection to a Redis that kept running, nothing in it is trusted, so that other processes can make up for
   * the purges that they couldn't send. Default 5000: longer than they take to connect again.
   */
  distrustMs?: number;
  observer?: Pick<CacheObserver, 'askedShared'>;
  logger: Logger;
}

type Answer = { readonly outcome: SharedOutcome; readonly record?: CacheRecord };

/**
 * Answers in Redis, for all processes. Each is kept with the number of the last purge before its fetch, and every read compares
 * that with the purges since: so a purge is one entry in a log, however much it means, and none is ever missed.
 */
export class RedisResponseStore implements SharedResponseStore {
  readonly #options: Required<RedisResponseStoreOptions>;
  readonly #purges: SharedPurges;
  #pausedUntil = 0;
  #unsentBytes = 0;

  constructor(
    private readonly redis: RedisConnections,
    options: RedisResponseStoreOptions,
  ) {
    this.#options = { prefix: 'slipstream:http-cache:', waitMs: 50, maxRecordBytes: 1024 * 1024, distrustMs: 5_000, observer: {}, ...options };
    this.#purges = new SharedPurges(redis, this.#options);
  }

  get isReady(): boolean {
    return this.#purges.trusted !== undefined && performance.now() >= this.#pausedUntil;
  }

  moment(): PurgeMoment | undefined {
    const era = this.#purges.trusted;
    return era && { life: era.life, purges: era.log.last };
  }

  async get(key: string): Promise<CacheRecord | undefined> {
    const era = this.#purges.trusted;
    if (!era) return undefined;
    const startedAt = performance.now();
    const answer = await within(this.#options.waitMs, this.#read(era, key));
    if (!answer) this.#pausedUntil = performance.now() + PAUSE_MS;
    this.#options.observer.askedShared?.(answer?.outcome ?? 'unavailable', (performance.now() - startedAt) / 1000);
    return answer?.record;
  }

  async put(record: CacheRecord, moment: PurgeMoment): Promise<void> {
    const era = this.#purges.trusted;
    const ttlMs = Math.min(Math.floor(record.retainUntil - Date.now()), MAX_TTL_MS);
    if (!era || era.life !== moment.life || ttlMs <= 0) return;
    const bytes = encodeRecord({ record, moment });
    if (bytes.length > this.#options.maxRecordBytes || this.#unsentBytes + bytes.length > MAX_UNSENT_BYTES) return this.delete(record.key);
    this.#unsentBytes += bytes.length;
    await this.#try('http-cache.put', () => this.redis.commands.set(nameOf(era, record.key), bytes, 'PX', ttlMs));
    this.#unsentBytes -= bytes.length;
  }

  async delete(key: string): Promise<void> {
    const era = this.#purges.trusted;
    if (era) await this.#try('http-cache.delete', () => this.redis.commands.unlink(nameOf(era, key)));
  }

  purge(purge: Purge): Promise<void> {
    return this.#purges.purge(purge);
  }

  close(): void {
    this.#purges.close();
  }

  /** @throws DependencyUnavailableError when Redis is away or silent */
  async #read(era: Era, key: string): Promise<Answer> {
    const [bytes, [life, last]] = await Promise.all([this.#readBytes(era, key), this.redis.run('http-cache.last', (commands) => commands.hmget(hashOf(era), 'life', 'last'))]);
    if (life !== era.life || Number(last) < era.log.last) {
      this.#purges.restart(era);
      return { outcome: 'unavailable' };
    }
    if (Number(last) > era.log.last) await this.#purges.catchUp(era, Number(last));
    if (!bytes) return { outcome: 'miss' };
    const shared = decodeRecord(bytes);
    if (!shared || shared.record.key !== key || shared.moment.purges > era.log.last) return this.#drop(key, 'foreign');
    return this.#judge(era, shared);
  }

  /** @returns an empty one for what isn't even bytes */
  async #readBytes(era: Era, key: string): Promise<Buffer | null> {
    try {
      return await this.redis.run('http-cache.get', (commands) => commands.getBuffer(nameOf(era, key)));
    } catch (error) {
      if (error instanceof DependencyUnavailableError) throw error;
      return Buffer.alloc(0);
    }
  }

  #judge(era: Era, { record, moment }: SharedRecord): Answer {
    if (moment.life !== era.life || this.#purges.isPending(record)) return this.#drop(record.key, 'purged');
    const verdict = era.log.verdict(record, moment.purges);
    if (verdict === 'dropped') return this.#drop(record.key, 'purged');
    if (record.retainUntil <= Date.now()) return { outcome: 'miss' };
    return { outcome: 'hit', record: verdict === 'softened' ? softened(record, Date.now()) : record };
  }

  #drop(key: string, outcome: SharedOutcome): Answer {
    void this.delete(key);
    return { outcome };
  }

  /** No error of Redis is one of our caller's. An outage is reported by the connections; the rest is a fault to mend. */
  async #try(operation: string, call: () => Promise<unknown>): Promise<void> {
    try {
      await this.redis.run(operation, call);
    } catch (error) {
      if (!(error instanceof DependencyUnavailableError)) this.#options.logger.warn({ reason: messageOf(error) }, 'redis refuses what the response cache asks');
    }
  }
}

/** Keys may be long, and hold what Redis Cluster would read as a hash tag. */
const nameOf = ({ prefix }: Era, key: string): string => `${prefix}${createHash('sha256').update(key).digest('base64url')}`;
