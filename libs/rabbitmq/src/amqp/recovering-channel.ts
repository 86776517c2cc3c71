import { setTimeout } from 'node:timers/promises';
import { backOffMs, messageOf, type Logger, type LogLevel } from '@slipstream/contracts';
import type { Channel, ChannelModel } from 'amqplib';
import type { AmqpConnection } from './amqp.connection.js';

const REOPEN = { firstMs: 100, maxMs: 5_000 };
/** A channel that lived this long counts as healthy: the next failure starts with a short pause again. */
const HEALTHY_AFTER_MS = 10_000;

interface Dependencies<C extends Channel> {
  connection: AmqpConnection;
  /** For logs. */
  purpose: string;
  open(connection: ChannelModel): Promise<C>;
  /** Runs before the channel counts as open; a failure opens a new channel. */
  setUp(channel: C, connection: ChannelModel): Promise<void>;
  onOpen?(channel: C): void;
  logger: Logger<LogLevel>;
  /** Waits between two attempts. Default: the clock. */
  delay?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const wait = (ms: number, signal: AbortSignal): Promise<void> => setTimeout(ms, undefined, { signal });

/**
 * A channel that is opened again after each loss, whether the connection was lost or the server closed only the
 * channel. amqp-connection-manager's own channels recover only from the former (its issue 347).
 */
export class RecoveringChannel<C extends Channel> {
  private readonly stop = new AbortController();
  private readonly ended: Promise<void>;
  private openChannel?: C;

  constructor(private readonly deps: Dependencies<C>) {
    this.ended = this.keepOpen();
  }

  /** Undefined while it is closed. */
  get current(): C | undefined {
    return this.openChannel;
  }

  /** Waits until earlier data has reached the server. */
  async close(): Promise<void> {
    this.stop.abort();
    await closeQuietly(this.openChannel);
    await this.ended;
  }

  private async keepOpen(): Promise<void> {
    let failures = 0;
    while (!this.stop.signal.aborted) {
      const openedAt = performance.now();
      await this.liveOnce().catch((error: unknown) => this.report(error));
      failures = performance.now() - openedAt >= HEALTHY_AFTER_MS ? 0 : failures + 1;
      await this.pause(failures);
    }
  }

  /** Runs from opening a channel to its end. */
  private async liveOnce(): Promise<void> {
    const connection = await this.deps.connection.whenConnected(this.stop.signal);
    const channel = await this.deps.open(connection);
    channel.on('error', (error) => this.report(error));
    const closed = new Promise<void>((resolve) => channel.once('close', resolve));
    try {
      await this.deps.setUp(channel, connection);
      this.stop.signal.throwIfAborted();
      this.openChannel = channel;
      this.deps.onOpen?.(channel);
      await closed;
    } finally {
      this.openChannel = undefined;
      await closeQuietly(channel);
    }
  }

  private report(error: unknown): void {
    if (this.stop.signal.aborted) return;
    this.deps.logger.warn(
      { channel: this.deps.purpose, reason: messageOf(error) },
      'a RabbitMQ channel was closed and is opened again',
    );
  }

  private async pause(failures: number): Promise<void> {
    const { delay = wait } = this.deps;
    await delay(backOffMs(Math.max(failures, 1), REOPEN), this.stop.signal).catch(() => {});
  }
}

/** Closing a closed channel throws, which is fine. */
async function closeQuietly(channel: Channel | undefined): Promise<void> {
  try {
    await channel?.close();
  } catch {
    return;
  }
}
