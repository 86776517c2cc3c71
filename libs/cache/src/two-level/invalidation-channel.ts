import { randomUUID } from 'node:crypto';
import type { RedisConnections } from '@slipstream/redis';
import type { Announcements } from '../redis/redis-invalidations.js';

/** How often a process asks whether the channel still works. */
const HEARTBEAT_MS = 1_000;
/** A channel whose own heartbeat is older may be cut off, or behind. */
const MAX_SILENCE_MS = 3_000;

/** Options of {@link InvalidationChannel}. */
export interface InvalidationChannelOptions {
  /** Begins the channel's name. */
  prefix: string;
  /** Another process has changed these keys. */
  onInvalidated: (keys: readonly string[]) => void;
  /** Anything may have changed: another process says so, or the connection was lost, and with it what was said meanwhile. */
  onEverything: () => void;
  /** How long a message took, measured by this process's own heartbeats. */
  onLag: (ms: number) => void;
}

/**
 * By which processes tell each other what they may not have in memory any more. It is trusted only while its own heartbeats
 * come back: they come behind all that was said before them.
 */
export class InvalidationChannel implements Announcements {
  readonly channel: string;
  readonly ofEverything: string;
  readonly #own = randomUUID();
  readonly #leave: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #onLost = (): void => this.#distrust();
  readonly #onBack = (): void => this.#beat();
  /** When the newest heartbeat that has come back was sent. */
  #heardAt = -Infinity;
  /** Heartbeats from before a loss of the connection prove nothing. */
  #trustFrom = 0;

  constructor(
    private readonly redis: RedisConnections,
    private readonly options: InvalidationChannelOptions,
  ) {
    this.channel = `${options.prefix}invalidations`;
    this.ofEverything = JSON.stringify({ from: this.#own, everything: true });
    this.#leave = redis.subscriber.subscribe(this.channel, (text) => this.#onMessage(text));
    redis.subscriber.on('lost', this.#onLost).on('resubscribed', this.#onBack);
    redis.commands.on('ready', this.#onBack); // by which heartbeats are sent
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    redis.subscriber.confirmed(this.channel).then(this.#onBack, () => {}); // away: its return is told
  }

  /** Whether what others say is heard, so that memory can be believed. */
  get isTrusted(): boolean {
    return performance.now() - this.#heardAt < MAX_SILENCE_MS;
  }

  of(key: string): string {
    return JSON.stringify({ from: this.#own, keys: [key] });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#leave();
    this.redis.subscriber.off('lost', this.#onLost).off('resubscribed', this.#onBack);
    this.redis.commands.off('ready', this.#onBack);
    this.#distrust();
  }

  #beat(): void {
    if (!this.redis.isReady || !this.redis.subscriber.isReady) return;
    const beat = JSON.stringify({ from: this.#own, sentAt: performance.now() });
    this.redis.run('cache.heartbeat', (commands) => commands.publish(this.channel, beat)).catch(() => {}); // the next one may come through
  }

  #onMessage(text: string): void {
    const { from, sentAt, keys, everything } = parse(text);
    if (from === this.#own) {
      if (typeof sentAt === 'number') this.#hear(sentAt);
    } else if (everything === true) this.options.onEverything();
    else if (Array.isArray(keys)) this.options.onInvalidated(keys.filter((key) => typeof key === 'string'));
  }

  #hear(sentAt: number): void {
    if (sentAt < this.#trustFrom) return;
    this.#heardAt = Math.max(this.#heardAt, sentAt);
    this.options.onLag(performance.now() - sentAt);
  }

  #distrust(): void {
    this.#heardAt = -Infinity;
    this.#trustFrom = performance.now();
    this.options.onEverything();
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
