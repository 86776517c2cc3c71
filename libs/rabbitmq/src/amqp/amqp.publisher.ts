import { messageOf, type Logger, type LogLevel } from '@slipstream/contracts';
import type { ConfirmChannel } from 'amqplib';
import { unavailable } from '../unavailable.js';
import type { WireMessage } from '../wire-message.js';
import type { AmqpConnection } from './amqp.connection.js';
import { PendingPublish } from './pending-publish.js';
import { RecoveringChannel } from './recovering-channel.js';
import { ReturnedMessages } from './returned-messages.js';
import type { TopologyDeclarer } from './topology-declarer.js';
import type { QueueFamily } from './topology.js';

/** How amqplib says that the broker refused a message; any other error of a confirm means that the channel is gone. */
const NACKED = 'message nacked';
/** After this many times without a queue to go to, in spite of declaring it, a message is given back to its sender. */
const MAX_RETURNS = 3;

interface Dependencies {
  connection: AmqpConnection;
  declarer: TopologyDeclarer;
  families: readonly QueueFamily[];
  publishTimeoutMs: number;
  maxBufferedMessages: number;
  logger: Logger<LogLevel>;
}

/**
 * Publishes with confirms. A message waits here while there is no channel, goes out again when the channel is lost
 * before the confirm, and is sent once more when its queue had been deleted. While RabbitMQ takes none (disk or memory
 * alarm) messages stay here too: what has been given back to its sender must not arrive an hour later.
 */
export class AmqpPublisher {
  private readonly channel: RecoveringChannel<ConfirmChannel>;
  /** Everything that somebody waits for; bounded. */
  private readonly pending = new Set<PendingPublish>();
  /** The part of it that is not on its way, in order. */
  private readonly unsent = new Set<PendingPublish>();
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
    const pending = new PendingPublish(routingKey, message, this.deps.publishTimeoutMs, (failure) => {
      this.pending.delete(pending);
      this.unsent.delete(pending);
      if (failure) reject(failure);
      else resolve();
    });
    this.pending.add(pending);
    this.unsent.add(pending);
    this.flush();
    return promise;
  }

  /** Waits for outstanding confirms while there is a connection that can bring them; refuses the rest. */
  async close(): Promise<void> {
    this.closed = true;
    if (this.channel.current) await Promise.all([...this.pending].map((pending) => pending.settled));
    for (const pending of this.pending) pending.fail(unavailable('closed'));
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
    for (const pending of this.unsent) {
      const channel = this.channel.current;
      if (!channel || !this.hasRoom || this.restoring || this.deps.connection.blockedReason) return;
      this.unsent.delete(pending);
      this.send(channel, pending);
    }
  }

  private send(channel: ConfirmChannel, pending: PendingPublish): void {
    try {
      this.hasRoom = channel.publish('', pending.routingKey, pending.content, pending.properties, (error: unknown) =>
        this.answered(pending, error),
      );
    } catch (error) {
      // Closed under our hands: the next channel takes it. Anything else is the message's own fault (headers too
      // large).
      if (error instanceof Error && error.name === 'IllegalOperationError') this.unsent.add(pending);
      else pending.fail(error);
    }
  }

  private answered(pending: PendingPublish, error: unknown): void {
    const cameBack = this.returned.take(pending.id);
    if (!this.pending.has(pending)) return;
    if (error) return this.notConfirmed(pending, error);
    if (cameBack) return this.sendAgain(pending);
    pending.succeed();
  }

  private notConfirmed(pending: PendingPublish, error: unknown): void {
    if (messageOf(error) === NACKED) pending.fail(unavailable('refused by the broker: queue full', error));
    else this.unsent.add(pending);
  }

  /** The broker confirmed it, but had no queue to put it into: the queue was deleted. */
  private sendAgain(pending: PendingPublish): void {
    pending.returns += 1;
    if (pending.returns >= MAX_RETURNS) return pending.fail(unavailable(`there is no queue '${pending.routingKey}'`));
    this.unsent.add(pending);
    if (!this.restoring) void this.restoreQueues();
  }

  private async restoreQueues(): Promise<void> {
    this.restoring = true;
    this.deps.logger.warn({}, 'a queue is gone and is declared again');
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
