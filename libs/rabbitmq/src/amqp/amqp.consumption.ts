import { messageOf } from '@slipstream/contracts';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Consumption, Outcome } from '../broker.js';
import type { BrokerLogger } from '../broker.options.js';
import { ConcurrencyGate } from '../concurrency-gate.js';
import type { DeliveryProcessor } from '../delivery-processor.js';
import { deadLetter, nextAttempt } from '../wire-message.js';
import type { AmqpConnection } from './amqp.connection.js';
import type { AmqpPublisher } from './amqp.publisher.js';
import { RecoveringChannel } from './recovering-channel.js';
import type { TopologyDeclarer } from './topology-declarer.js';
import { type QueueFamily, retryQueueFor } from './topology.js';

interface Dependencies {
  connection: AmqpConnection;
  declarer: TopologyDeclarer;
  publisher: AmqpPublisher;
  processor: DeliveryProcessor;
  family: QueueFamily;
  concurrency: number;
  logger: BrokerLogger;
}

/** A message and the channel it came over, which alone can acknowledge it. */
interface Arrival {
  channel: Channel;
  message: ConsumeMessage;
}

/** Consumes one queue, over one channel after another if need be. */
export class AmqpConsumption implements Consumption {
  readonly #gate: ConcurrencyGate;
  readonly #channel: RecoveringChannel<Channel>;
  /** Arrived and not begun: only after a lost channel, while handlers of its deliveries still run. At most `concurrency`. */
  #backlog: Arrival[] = [];
  #consumerTag?: string;
  #draining?: Promise<void>;

  constructor(private readonly deps: Dependencies) {
    this.#gate = new ConcurrencyGate(deps.concurrency, () => this.#pump());
    this.#channel = new RecoveringChannel({
      connection: deps.connection,
      purpose: `consumer of ${deps.family.main}`,
      logger: deps.logger,
      open: (connection) => connection.createChannel(),
      setUp: (channel, connection) => this.#setUp(channel, connection),
    });
  }

  drain(): Promise<void> {
    this.#draining ??= this.#drain();
    return this.#draining;
  }

  /** Leaves what is in work to the broker, which delivers it again. */
  async abandon(): Promise<void> {
    this.#draining ??= Promise.resolve();
    this.#gate.abandon();
    await this.#channel.close();
  }

  async #drain(): Promise<void> {
    await this.#cancel();
    await this.#gate.whenIdle();
    await this.#channel.close();
  }

  async #cancel(): Promise<void> {
    try {
      if (this.#consumerTag !== undefined) await this.#channel.current?.cancel(this.#consumerTag);
    } catch (error) {
      this.deps.logger.debug({ reason: messageOf(error) }, 'there was no consumer left to cancel');
    }
    for (const { channel, message } of this.#backlog.splice(0)) this.#tell(() => channel.nack(message, false, true));
  }

  async #setUp(channel: Channel, connection: ChannelModel): Promise<void> {
    channel.once('close', () => {
      this.#backlog = [];
    });
    await channel.prefetch(this.deps.concurrency);
    await this.#subscribe(channel, connection);
  }

  async #subscribe(channel: Channel, connection: ChannelModel): Promise<void> {
    if (this.#draining) return;
    await this.deps.declarer.declare(connection, [this.deps.family]);
    const onMessage = (message: ConsumeMessage | null) => {
      if (message) this.#arrived({ channel, message });
      else void this.#subscribeAgain(channel, connection);
    };
    ({ consumerTag: this.#consumerTag } = await channel.consume(this.deps.family.main, onMessage));
  }

  /** The broker cancelled the consumer: the queue was deleted, or moved. The channel lives, and with it the acks to come. */
  async #subscribeAgain(channel: Channel, connection: ChannelModel): Promise<void> {
    this.deps.logger.warn({ queue: this.deps.family.main }, 'RabbitMQ has cancelled the consumer (queue deleted?); consuming again');
    try {
      await this.#subscribe(channel, connection);
    } catch (error) {
      this.deps.logger.warn({ queue: this.deps.family.main, reason: messageOf(error) }, 'consuming again failed; opening a new channel');
      await channel.close().catch(() => {});
    }
  }

  #arrived(arrival: Arrival): void {
    this.#backlog.push(arrival);
    this.#pump();
  }

  #pump(): void {
    while (!this.#draining && this.#gate.hasRoom) {
      const arrival = this.#backlog.shift();
      if (!arrival) return;
      this.#gate.run(() => this.#handle(arrival));
    }
  }

  async #handle({ channel, message }: Arrival): Promise<void> {
    const outcome = await this.deps.processor.process(message, message.fields.redelivered);
    try {
      await this.#forward(message, outcome);
      this.#tell(() => channel.ack(message));
    } catch (error) {
      this.deps.logger.warn({ queue: this.deps.family.main, reason: messageOf(error) }, 'a message could not be moved on and goes back to its queue');
      this.#tell(() => channel.nack(message, false, true));
    }
  }

  /** The copy is confirmed before the original is acknowledged: there may be two for a moment, never none. */
  async #forward(message: ConsumeMessage, outcome: Outcome): Promise<void> {
    const { publisher, family } = this.deps;
    if (outcome.do === 'retry') await publisher.publish(retryQueueFor(family, outcome.afterMs), nextAttempt(message));
    if (outcome.do === 'dead-letter') await publisher.publish(family.dead, deadLetter(message, outcome.reason));
  }

  /** A channel that is gone can't be told; the broker has the message again by then. */
  #tell(say: () => void): void {
    try {
      say();
    } catch (error) {
      this.deps.logger.debug({ queue: this.deps.family.main, reason: messageOf(error) }, 'not acknowledged: the message will be delivered again');
    }
  }
}
