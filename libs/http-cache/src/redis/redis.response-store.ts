import { hash } from 'node:crypto';
import { DependencyUnavailableError, isFromTheFuture, messageOf, steadyNow, type Logger } from '@slipstream/contracts';
import { SharedPurges, type PurgeEpoch, type PurgeTopic, type RedisConnections } from '@slipstream/redis';
import type { CacheObserver, SharedOutcome } from '../cache-observer.port.js';
import { isPurgedBy, parsePurge, type Purge, type Purgeable } from '../purge/purge-scope.js';
import { softened, type CacheRecord } from '../store/cache-record.js';
import type { PurgePoint, SharedResponseStore } from '../store/shared-store.port.js';
import { PurgeLog } from './purge-log.js';
import { decodeRecord, encodeRecord, type SharedRecord } from './record-codec.js';
import { RecordTransfer } from './record-transfer.js';
import { answerInTime } from './answer-in-time.js';

/** Pause after a read of Redis that took too long. */
const PAUSE_MS = 1_000;
const MAX_TTL_MS = 24 * 3_600_000;
/** Limit of the records on their way to Redis. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;
/** Limit of the names of purges. */
const MAX_NAMES = 20_000;
const MAX_PENDING = 1_000;

/** Options of {@link RedisResponseStore}. */
export interface RedisResponseStoreOptions {
  /** Prefix of all keys. Default `slipstream:http-cache:`. */
  prefix?: string;
  /** Longest wait of one read for Redis. Default 50, minimum 1. */
  waitMs?: number;
  /** Larger records, fields included, are kept in memory only. Default 1 MiB. */
  maxRecordBytes?: number;
  /**
   * The purge log that all caches of this process share; its owner closes it. Default: a separate one for this cache,
   * below `prefix`.
   */
  purges?: SharedPurges;
  /** See SharedPurgesOptions; for a separate purge log. */
  distrustMs?: number;
  observer?: Pick<CacheObserver, 'sharedRead'>;
  logger: Logger;
}

type Answer = { readonly outcome: SharedOutcome; readonly record?: CacheRecord };

/**
 * Answers in Redis, for all processes. Each record contains the number of the last purge before its fetch, and every
 * read compares it with the purges since. So a purge is one entry in a log, for any number of records, and none is ever
 * missed.
 */
export class RedisResponseStore implements SharedResponseStore {
  private readonly options: Required<Omit<RedisResponseStoreOptions, 'purges' | 'distrustMs'>>;
  private readonly sharedPurges: SharedPurges;
  private readonly ownsPurges: boolean;
  private readonly topic: PurgeTopic<Purge>;
  private readonly log = new PurgeLog(MAX_NAMES);
  private readonly transfer: RecordTransfer;
  private purgeListener: (purge: Purge) => void = () => {};
  private pausedUntil = 0;
  private writesPausedUntil = 0;
  private unsentBytes = 0;

  constructor(redis: RedisConnections, { purges, distrustMs, ...options }: RedisResponseStoreOptions) {
    this.options = {
      prefix: 'slipstream:http-cache:',
      waitMs: 50,
      maxRecordBytes: 1024 * 1024,
      observer: {},
      ...options,
    };
    this.sharedPurges =
      purges ?? new SharedPurges(redis, { prefix: this.options.prefix, distrustMs, logger: options.logger });
    this.ownsPurges = !purges;
    this.transfer = new RecordTransfer(redis, (epoch) => this.sharedPurges.follow(epoch));
    this.topic = this.sharedPurges.addTopic<Purge>({
      name: 'response',
      everything: () => ({ scope: { type: 'everything' }, isSoft: false }),
      parse: parsePurge,
      maxPending: MAX_PENDING,
      reset: () => this.log.reset(),
      note: (purge, number) => this.log.add(number, purge),
      forget: (purge) => this.purgeListener(purge),
    });
  }

  get isReady(): boolean {
    return this.sharedPurges.trusted !== undefined && performance.now() >= this.pausedUntil;
  }

  /** The purges of this store, for `ResponseCacheOptions.onMissed`. */
  get purges(): SharedPurges {
    return this.sharedPurges;
  }

  set onPurged(listener: (purge: Purge) => void) {
    this.purgeListener = listener;
  }

  noticeGap(): void {
    this.sharedPurges.noticeGap();
  }

  purgePoint(): PurgePoint | undefined {
    const position = this.sharedPurges.position;
    return position && { epoch: position.epoch, purges: position.number };
  }

  async get(key: string): Promise<CacheRecord | undefined> {
    const epoch = this.sharedPurges.trusted;
    if (!epoch) return undefined;
    const startedAt = performance.now();
    const answer = await answerInTime(this.options.waitMs, this.read(epoch, key));
    if (!answer) this.pausedUntil = performance.now() + PAUSE_MS;
    this.options.observer.sharedRead?.(answer?.outcome ?? 'unavailable', (performance.now() - startedAt) / 1000);
    return answer?.record;
  }

  async put(record: CacheRecord, purgePoint: PurgePoint): Promise<void> {
    const epoch = this.sharedPurges.trusted;
    const ttlMs = Math.min(Math.floor(record.retainUntil - steadyNow()), MAX_TTL_MS);
    if (!epoch || epoch.name !== purgePoint.epoch || ttlMs <= 0) return;
    if (performance.now() < this.writesPausedUntil) return;
    const bytes = encodeRecord({ record, purgePoint });
    if (bytes.length > this.options.maxRecordBytes || this.unsentBytes + bytes.length > MAX_UNSENT_BYTES)
      return this.delete(record.key);
    this.unsentBytes += bytes.length;
    await this.try(() => this.transfer.write({ name: this.nameOf(epoch, record.key), bytes, ttlMs }));
    this.unsentBytes -= bytes.length;
  }

  async delete(key: string): Promise<void> {
    const epoch = this.sharedPurges.trusted;
    if (epoch) await this.try(() => this.transfer.delete(this.nameOf(epoch, key)));
  }

  async purge(purge: Purge): Promise<boolean> {
    const confirmed = await answerInTime(this.options.waitMs, this.topic.confirm(this.topic.add(purge)));
    if (confirmed === undefined) this.sharedPurges.retrySoon();
    return confirmed !== undefined;
  }

  close(): void {
    if (this.ownsPurges) this.sharedPurges.close();
  }

  /** @throws DependencyUnavailableError if Redis does not answer */
  private async read(epoch: PurgeEpoch, key: string): Promise<Answer> {
    const { bytes, isUsable } = await this.transfer.read(epoch, this.nameOf(epoch, key));
    if (!isUsable) return { outcome: 'unavailable' };
    if (!bytes) return { outcome: 'miss' };
    const shared = decodeRecord(bytes);
    if (!shared || shared.record.key !== key || shared.purgePoint.purges > epoch.number)
      return this.drop(key, 'foreign');
    return this.judge(epoch, shared);
  }

  private judge(epoch: PurgeEpoch, { record, purgePoint }: SharedRecord): Answer {
    if (purgePoint.epoch !== epoch.name || this.isPending(record)) return this.drop(record.key, 'purged');
    const verdict = this.log.verdict(record, purgePoint.purges);
    if (verdict === 'dropped') return this.drop(record.key, 'purged');
    if (record.retainUntil <= steadyNow()) return { outcome: 'miss' };
    return {
      outcome: 'hit',
      record: verdict === 'softened' || isAhead(record) ? softened(record, steadyNow()) : record,
    };
  }

  private drop(key: string, outcome: SharedOutcome): Answer {
    void this.delete(key);
    return { outcome };
  }

  /**
   * Errors of Redis never reach the caller, and the connections report an outage. A Redis that rejects a command, for
   * example because its memory is full, gets no records for a second. The error of each would cost more than the
   * request.
   */
  private async try(call: () => Promise<unknown>): Promise<void> {
    try {
      await call();
    } catch (error) {
      const nowMs = performance.now();
      if (error instanceof DependencyUnavailableError || nowMs < this.writesPausedUntil) return;
      this.writesPausedUntil = nowMs + PAUSE_MS;
      this.options.logger.warn(
        { reason: messageOf(error) },
        'redis rejects commands of the response cache, so it gets no responses for a second; check its memory limit ' +
          'and its eviction policy',
      );
    }
  }

  /** Whether a purge of this process concerns it that the log may not contain. */
  private isPending(record: Purgeable): boolean {
    for (const { scope } of this.topic.pending) if (isPurgedBy(record, scope)) return true;
    return false;
  }

  /** Keys may be long, and may contain a hash tag of Redis Cluster. */
  private nameOf({ name }: PurgeEpoch, key: string): string {
    return `${this.options.prefix}${name}:${hash('sha256', key, 'base64url')}`;
  }
}

/**
 * Whether the clock of the process that stored it is so far ahead that its times would be too late here. It may be used
 * after a validation.
 */
const isAhead = ({ value }: CacheRecord): boolean =>
  value.type === 'response' && isFromTheFuture(value.response.answeredAt, steadyNow());
