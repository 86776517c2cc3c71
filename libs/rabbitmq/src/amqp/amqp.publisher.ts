import { messageOf, ShortLivedMap, type Logger, type LogLevel } from '@slipstream/contracts';
import type { ConfirmChannel } from 'amqplib';
import { unavailable } from '../unavailable.js';
import type { WireMessage } from '../wire-message.js';
import type { AmqpConnection } from './amqp.connection.js';
import { PendingPublish } from './pending-publish.js';
import { RecoveringChannel } from './recovering-channel.js';
import { ReturnedMessages } from './returned-messages.js';
import type { TopologyDeclarer } from './topology-declarer.js';
import type { QueueFamily } from './topology.js';

/**
 * amqplib's error for a message that the broker rejected. Any other error of a confirm means that the channel was
 * closed.
 */
const NACKED = 'message nacked';
/**
 * Number of times that a message is returned without a queue, despite declaring it, before its sender gets an error.
 */
const MAX_RETURNS = 3;

/** Pause before a refused message is sent again. Until then the broker has deleted the queue that refused it. */
const REFUSED_PAUSE_MS = 100;

interface Dependencies {
  connection: AmqpConnection;
  declarer: TopologyDeclarer;
  families: readonly QueueFamily[];
  publishTimeoutMs: number;
  maxBufferedMessages: number;
  logger: Logger<LogLevel>;
}

/**
 * Publishes with confirms. A message waits here while no channel is open. It is sent again if the channel is lost
 * before the confirm, or if its queue had been deleted. During a disk or memory alarm messages also wait here, because
 * a message whose sender got an error must not arrive an hour later.
 */
export class AmqpPublisher {
  private readonly channel: RecoveringChannel<ConfirmChannel>;
  /** All messages with a waiting sender, by their number; bounded. */
  private readonly pending = new ShortLivedMap<number, PendingPublish>();
  /** The unsent ones of these, in order. */
  private readonly unsent = new ShortLivedMap<number, PendingPublish>();
  private lastNumber = 0;
  private readonly returned = new ReturnedMessages();
  private hasRoom = true;
  private restoring = false;
  private closed = false;

  constructor(private readonly deps: Dependencies) {
    this.channel = new RecoveringChannel({
      connection: deps.connection,
      purpose: 'publisher',
      logger: deps.logger,
      open: (connection) => connection.createConfirmChannel(),
      setUp: (_channel, connection) => deps.declarer.declare(connection, deps.families),
      onOpen: (channel) => this.opened(channel),
    });
    deps.connection.onUnblocked(() => this.flush());
  }

  /** @throws DependencyUnavailableError */
  publish(routingKey: string, message: WireMessage): Promise<void> {
    if (this.closed) return Promise.reject(unavailable('closed'));
    if (this.pending.size >= this.deps.maxBufferedMessages) return Promise.reject(unavailable('buffer full'));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const number = ++this.lastNumber;
    const pending = new PendingPublish(number, routingKey, message, this.deps.publishTimeoutMs, (failure) => {
      this.pending.delete(number);
      this.unsent.delete(number);
      if (failure) reject(failure);
      else resolve();
    });
    this.pending.set(number, pending);
    this.unsent.set(number, pending);
    this.flush();
    return promise;
  }

  /** Waits for outstanding confirms while a connection can deliver them; rejects the rest. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.channel.current) await Promise.all([...this.pending.values()].map((pending) => pending.settled));
    for (const pending of [...this.pending.values()]) pending.fail(unavailable('closed'));
    await this.channel.close();
  }

  private opened(channel: ConfirmChannel): void {
    this.hasRoom = true;
    this.returned.clear();
    channel.on('return', (message) => this.returned.add(message.properties.messageId));
    channel.on('drain', () => {
      this.hasRoom = true;
      this.flush();
    });
    this.flush();
  }

  private flush(): void {
    for (const pending of this.unsent.values()) {
      const channel = this.channel.current;
      if (!channel || !this.hasRoom || this.restoring || this.deps.connection.blockedReason) return;
      this.unsent.delete(pending.number);
      this.send(channel, pending);
    }
  }

  private send(channel: ConfirmChannel, pending: PendingPublish): void {
    try {
      this.hasRoom = channel.publish('', pending.routingKey, pending.content, pending.properties, (error: unknown) =>
        this.answered(pending, error),
      );
    } catch (error) {
      // The channel was closed meanwhile: the next channel sends it. Any other error is the message's own (headers too
      // large).
      if (error instanceof Error && error.name === 'IllegalOperationError') this.unsent.set(pending.number, pending);
      else pending.fail(error);
    }
  }

  private answered(pending: PendingPublish, error: unknown): void {
    const cameBack = this.returned.take(pending.id);
    if (this.pending.get(pending.number) === undefined) return;
    if (error) return this.notConfirmed(pending, error);
    if (cameBack) return this.sendAgain(pending);
    pending.succeed();
  }

  /**
   * A full queue refuses a message again. A queue that was deleted just now refuses it once; then the message is
   * returned, and the queue is declared again.
   */
  private notConfirmed(pending: PendingPublish, error: unknown): void {
    const isRefused = messageOf(error) === NACKED;
    if (isRefused && pending.wasRefused) return pending.fail(unavailable('refused by the broker: queue full', error));
    pending.wasRefused ||= isRefused;
    if (isRefused) setTimeout(() => this.sendLater(pending), REFUSED_PAUSE_MS);
    else this.unsent.set(pending.number, pending);
  }

  private sendLater(pending: PendingPublish): void {
    if (this.pending.get(pending.number) === undefined) return; // its sender waits no more
    this.unsent.set(pending.number, pending);
    this.flush();
  }

  /** The broker confirmed it without a queue for it, because the queue was deleted. */
  private sendAgain(pending: PendingPublish): void {
    pending.returns += 1;
    if (pending.returns >= MAX_RETURNS)
      return pending.fail(unavailable(`queue '${pending.routingKey}' does not exist`));
    this.unsent.set(pending.number, pending);
    if (!this.restoring) void this.restoreQueues();
  }

  private async restoreQueues(): Promise<void> {
    this.restoring = true;
    this.deps.logger.warn({}, 'a queue was deleted and is declared again');
    try {
      const connection = this.deps.connection.current;
      if (connection) await this.deps.declarer.declare(connection, this.deps.families);
    } catch (error) {
      this.deps.logger.warn({ reason: messageOf(error) }, 'queues could not be declared');
    } finally {
      this.restoring = false;
      this.flush();
    }
  }
}
