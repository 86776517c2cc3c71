import { randomUUID } from 'node:crypto';
import type { RedisConnections } from '../redis-connections.js';
import { BEAT } from './purge-log.scripts.js';

/** Interval of checking that published messages arrive. */
const BEAT_MS = 1_000;
/** A process with an older heartbeat may be disconnected, stopped, or late. */
const MAX_SILENCE_MS = 3_000;

/** Position of the log when a heartbeat was published. */
export interface Beat {
  readonly epoch: string;
  readonly number: number;
  readonly nonce: string;
}

/** Options of {@link PurgeHeartbeat}. */
export interface PurgeHeartbeatOptions {
  redis: RedisConnections;
  /** Of the log. */
  hash: string;
  /** Prefix of the channel's name. */
  prefix: string;
  /** @returns whether all purges before this heartbeat are known; if not, it proves nothing */
  onBeat: (beat: Beat) => Promise<boolean>;
  /**
   * Purges may have been missed: values in memory may be older than one of them.
   * @param isStart whether they precede the first heartbeat
   */
  onMissed: (isStart: boolean) => void;
  /** Time that a message took. */
  onLag: (ms: number) => void;
}

/**
 * Checks whether this process receives the purges of the others: its own heartbeat returns on the same path, behind all
 * earlier messages. Durations are monotonic, so a process that was stopped finds its last heartbeat too old.
 */
export class PurgeHeartbeat {
  private readonly channel: string;
  private readonly leave: () => void;
  private readonly timer: NodeJS.Timeout;
  private readonly onLost = (): void => this.distrust();
  private readonly onBack = (): void => this.beat();
  /** Time of sending of the newest returned heartbeat. */
  private lastBeatAt = -Infinity;
  /** Heartbeats from before a loss of the connection prove nothing. */
  private validFrom = 0;
  private isInGap = true;
  private isStart = true;

  constructor(private readonly options: PurgeHeartbeatOptions) {
    const { redis, prefix } = options;
    this.channel = `${prefix}purges:beats:${randomUUID()}`;
    this.leave = redis.subscriber.subscribe(this.channel, (text) => void this.onMessage(text));
    redis.subscriber.on('lost', this.onLost).on('resubscribed', this.onBack);
    this.timer = setInterval(() => this.beat(), BEAT_MS).unref();
    redis.subscriber.confirmed(this.channel).then(this.onBack, () => {}); // unreachable: `resubscribed` follows
  }

  /** Whether this process has received all recent purges, so that its memory can be used. */
  get isLive(): boolean {
    return performance.now() - this.lastBeatAt < MAX_SILENCE_MS;
  }

  /** Reports a gap as soon as it exists; call it before memory is used. */
  noticeGap(): void {
    if (!this.isInGap && !this.isLive) this.distrust();
  }

  /** Sends one now, rather than within a second. */
  beatSoon(): void {
    this.beat();
  }

  close(): void {
    const { subscriber } = this.options.redis;
    clearInterval(this.timer);
    this.leave();
    subscriber.off('lost', this.onLost).off('resubscribed', this.onBack);
    this.lastBeatAt = -Infinity;
    this.validFrom = Infinity;
  }

  private beat(): void {
    const { redis, hash } = this.options;
    this.noticeGap();
    if (!redis.isReady || !redis.subscriber.isReady) return;
    const sentAt = performance.now();
    // the next one may arrive
    redis.run('purges.heartbeat', (commands) => BEAT.run(commands, [hash], [this.channel, sentAt])).catch(() => {});
  }

  private async onMessage(text: string): Promise<void> {
    const [mark, epoch = '', number, nonce = ''] = text.split(' ');
    const sentAt = Number(mark);
    if (!(sentAt >= this.validFrom) || sentAt > performance.now()) return;
    this.options.onLag(performance.now() - sentAt);
    if (await this.options.onBeat({ epoch, number: Number(number), nonce })) this.noteBeat(sentAt);
  }

  private noteBeat(sentAt: number): void {
    if (sentAt < this.validFrom) return; // lost meanwhile
    this.lastBeatAt = Math.max(this.lastBeatAt, sentAt);
    if (!this.isInGap || !this.isLive) return;
    const isStart = this.isStart;
    this.isInGap = this.isStart = false;
    this.options.onMissed(isStart); // values kept during the gap may be older than a purge in it
  }

  private distrust(): void {
    this.lastBeatAt = -Infinity;
    this.validFrom = performance.now();
    this.isInGap = true;
    this.options.onMissed(this.isStart);
  }
}
