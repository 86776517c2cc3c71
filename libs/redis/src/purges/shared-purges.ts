import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DependencyUnavailableError, messageOf, within } from '@slipstream/contracts';
import type { RedisConnections } from '../redis-connections.js';
import { PurgeEpoch, type PurgePosition } from './purge-epoch.js';
import { PurgeHeartbeat, type Beat } from './purge-heartbeat.js';
import { PurgeLog } from './purge-log.js';
import { PurgeTopic, type PurgeTopicOptions } from './purge-topic.js';
import type { SharedPurgesOptions } from './shared-purges.options.js';

const RETRY_MS = 200;

interface SharedPurgesEvents {
  /** Purges may have been missed, or a new epoch began: values in memory may be older than a purge. */
  missed: [];
  /**
   * Messages of other processes were missed, because this process was disconnected or stopped. Emitted at its
   * detection, and at its end.
   */
  gap: [];
}

/**
 * Decides for all caches of this process whether values in Redis are valid. A stored value has a position in the purge
 * log. It is valid if its epoch is current and no later purge matches it. A new epoch begins whenever the log may have
 * lost a purge: the server was restarted, replaced by a replica or given other data, or the log went back behind the
 * state of a process.
 */
export class SharedPurges extends EventEmitter<SharedPurgesEvents> {
  private readonly topics: PurgeTopic<unknown>[] = [];
  private readonly log: PurgeLog;
  private readonly heartbeat: PurgeHeartbeat;
  private readonly distrustMs: number;
  /** The last epoch in which Redis was valid, for comparison with the next one. */
  private known: PurgeEpoch | undefined;
  private trustedEpoch: PurgeEpoch | undefined;
  /** Target of purges, valid or not. */
  private reachable: PurgeEpoch | undefined;
  private hadOutage = false;
  private isClosed = false;
  /** Aborted by the next loss of the connection. */
  private connection = new AbortController();
  private retryTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly redis: RedisConnections,
    private readonly options: SharedPurgesOptions,
  ) {
    super();
    this.setMaxListeners(0);
    const { prefix, distrustMs = 5_000, onLag = () => {} } = options;
    this.distrustMs = distrustMs;
    this.log = new PurgeLog(redis, prefix, this.topics, (epoch) => this.onAnotherLog(epoch));
    const onMissed = (isStart: boolean): void => {
      this.emit('missed');
      if (!isStart) this.emit('gap');
    };
    this.heartbeat = new PurgeHeartbeat({
      redis,
      prefix,
      hash: this.log.hash,
      onBeat: (beat) => this.onBeat(beat),
      onMissed,
      onLag,
    });
    redis.commands.on('close', this.onClose).on('-node', this.onNodeLost).on('ready', this.onReady);
    if (redis.isReady) this.onReady();
  }

  /** The epoch whose values may be read and stored; undefined if none may. Another object after every doubt. */
  get trusted(): PurgeEpoch | undefined {
    return this.trustedEpoch;
  }

  /** Read it before the source. @returns undefined if the result must not be stored */
  get position(): PurgePosition | undefined {
    return this.trustedEpoch && { epoch: this.trustedEpoch.name, number: this.trustedEpoch.number };
  }

  /** Whether purges of other processes arrive, so that this process's memory can be used. */
  get isLive(): boolean {
    return this.heartbeat.isLive;
  }

  /** Emits `missed` as soon as purges may have been missed; call it before memory is used. */
  noticeGap(): void {
    this.heartbeat.noticeGap();
  }

  /** Call it before the first purge. */
  addTopic<P>(options: PurgeTopicOptions<P>): PurgeTopic<P> {
    const topic = new PurgeTopic(options, (text) => this.append(text));
    this.topics.push(topic as PurgeTopic<unknown>);
    return topic;
  }

  /**
   * Reads all purges up to now. In the same turn as a read, it adds no wait of its own.
   *
   * @returns whether a value read with it may be checked against this epoch
   * @throws DependencyUnavailableError if Redis is unreachable or silent
   */
  async follow(epoch: PurgeEpoch): Promise<boolean> {
    return epoch === this.trustedEpoch && (await this.log.follow(epoch)) && epoch === this.trustedEpoch;
  }

  /**
   * Adds the pending purges of this process to the log, whichever caller gave up waiting for them.
   *
   * @returns whether the log contains them; false at once if Redis is unreachable, or after `limitMs` if it is slow
   */
  confirmPending(limitMs: number): Promise<boolean> {
    const confirmed = this.confirmAll().then(
      () => true,
      () => false,
    );
    return within(confirmed, limitMs, () => false);
  }

  /** Confirms pending purges when Redis answers again; its return triggers this too. */
  retrySoon(): void {
    this.retryTimer ??= setTimeout(() => {
      this.retryTimer = undefined;
      if (!this.reachable || this.isClosed) return;
      this.confirmAll().catch(() => this.retrySoon());
    }, RETRY_MS).unref();
  }

  close(): void {
    this.isClosed = true;
    this.redis.commands.off('close', this.onClose).off('-node', this.onNodeLost).off('ready', this.onReady);
    clearTimeout(this.retryTimer);
    this.heartbeat.close();
    this.log.close();
    this.onClose();
  }

  private readonly onReady = (): void => {
    if (!this.isClosed) void this.recover(this.connection.signal);
  };

  private readonly onClose = (): void => {
    this.trustedEpoch = undefined;
    this.reachable = undefined;
    this.log.current = undefined;
    this.hadOutage = true;
    this.connection.abort();
    this.connection = new AbortController();
  };

  /** A node of a cluster. It may be replaced, or return with less data. */
  private readonly onNodeLost = (): void => {
    if (this.redis.isReady) this.beginAgain();
  };

  private beginAgain(): void {
    this.onClose();
    this.onReady();
  }

  /** The log differs from the one that this epoch has followed. */
  private onAnotherLog(epoch: PurgeEpoch): void {
    if (epoch === this.trustedEpoch || epoch === this.reachable) this.beginAgain();
  }

  private async onBeat({ epoch: name, number, nonce }: Beat): Promise<boolean> {
    const epoch = this.trustedEpoch;
    if (!epoch) return true; // values in Redis are not used now, but this process still receives messages
    if (name !== epoch.name) {
      this.onAnotherLog(epoch);
      return false;
    }
    return epoch.isAt(number, nonce) || this.follow(epoch).catch(() => false);
  }

  private async recover(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        return await this.reconcile(signal);
      } catch (error) {
        if (signal.aborted) return;
        this.options.logger.warn(
          { reason: messageOf(error) },
          'reading the purge log in redis failed, so the caches do not use redis; trying again',
        );
        await delay(RETRY_MS, undefined, { signal, ref: false }).catch(() => {}); // aborted: the loop ends
      }
    }
  }

  private async reconcile(signal: AbortSignal): Promise<void> {
    const epoch = await this.log.open(this.known);
    if (signal.aborted) return;
    const goesOn = epoch === this.known;
    if (!goesOn) this.beginEpoch();
    this.reachable = epoch;
    await this.confirmAll();
    if (this.hadOutage && (goesOn || !this.known)) await delay(this.distrustMs, undefined, { signal, ref: false });
    if (signal.aborted || !(await this.log.follow(epoch)) || signal.aborted) return;
    this.hadOutage = false;
    this.known = epoch;
    this.trustedEpoch = epoch;
    this.log.current = epoch;
    this.heartbeat.beatSoon();
  }

  private beginEpoch(): void {
    for (const topic of this.topics) topic.reset();
    this.emit('missed');
  }

  private async append(text: string): Promise<number> {
    const epoch = this.reachable;
    const number = epoch && (await this.log.append(epoch, text));
    if (number !== undefined) return number;
    if (!epoch) throw new DependencyUnavailableError('redis');
    this.onAnotherLog(epoch);
    throw new DependencyUnavailableError('redis');
  }

  private async confirmAll(): Promise<void> {
    for (const topic of this.topics) await topic.confirmAll();
  }
}
