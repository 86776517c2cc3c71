import { type Lane, LANES, messageOf, type Logger, type LogLevel } from '@slipstream/contracts';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Consumption, Outcome } from '../broker.js';
import { ConcurrencyGate } from '../concurrency-gate.js';
import type { DeliveryProcessor } from '../delivery-processor.js';
import { backgroundLimitOf, LaneTurns } from '../lane-turns.js';
import { deadLetter, nextAttempt } from '../wire-message.js';
import { Acknowledgements } from './acknowledgements.js';
import type { AmqpConnection } from './amqp.connection.js';
import type { AmqpPublisher } from './amqp.publisher.js';
import { RecoveringChannel } from './recovering-channel.js';
import type { TopologyDeclarer } from './topology-declarer.js';
import { type QueueFamily, retryQueueFor } from './topology.js';

/** Generous limit from an acknowledgement to the next delivery. */
const NEXT_DELIVERY_MS = 50;

interface Dependencies {
  connection: AmqpConnection;
  declarer: TopologyDeclarer;
  publisher: AmqpPublisher;
  processor: DeliveryProcessor;
  /** For logs. */
  queue: string;
  family: QueueFamily;
  concurrency: number;
  logger: Logger<LogLevel>;
}

/** A message, and the channel over which it arrived, which must acknowledge it. */
interface Arrival {
  lane: Lane;
  answers: Acknowledgements;
  message: ConsumeMessage;
}

/** Consumes the lanes of one queue, over a new channel after each loss. */
export class AmqpConsumption implements Consumption {
  private readonly gate: ConcurrencyGate;
  private readonly channel: RecoveringChannel<Channel>;
  private readonly turns: LaneTurns;
  /**
   * Deliveries that have not started, because of the other lane, or because deliveries of a lost channel still run.
   * Bounded by the prefetch.
   */
  private readonly backlog: Record<Lane, Arrival[]> = { interactive: [], background: [] };
  private answers?: Acknowledgements;
  private readonly consumerTags = new Map<Lane, string>();
  private draining?: Promise<void>;

  constructor(private readonly deps: Dependencies) {
    this.gate = new ConcurrencyGate(deps.concurrency, () => this.pump());
    this.turns = new LaneTurns({
      concurrency: deps.concurrency,
      graceMs: NEXT_DELIVERY_MS,
      onGraceOver: () => this.pump(),
    });
    this.channel = new RecoveringChannel({
      connection: deps.connection,
      purpose: `consumer of ${deps.queue}`,
      logger: deps.logger,
      open: (connection) => connection.createChannel(),
      setUp: (channel, connection) => this.setUp(channel, connection),
    });
  }

  drain(): Promise<void> {
    this.draining ??= this.beginDrain();
    return this.draining;
  }

  /** Leaves unfinished messages to the broker, which delivers them again. */
  async abandon(): Promise<void> {
    this.draining ??= Promise.resolve();
    this.gate.abandon();
    this.answers?.flush();
    await this.channel.close();
  }

  private async beginDrain(): Promise<void> {
    await this.cancel();
    await this.gate.whenIdle();
    this.answers?.flush();
    await this.channel.close();
  }

  private async cancel(): Promise<void> {
    try {
      for (const tag of this.consumerTags.values()) await this.channel.current?.cancel(tag);
    } catch (error) {
      this.deps.logger.debug({ reason: messageOf(error) }, 'the consumer was already gone');
    }
    for (const { answers, message } of LANES.flatMap((lane) => this.backlog[lane].splice(0))) answers.requeue(message);
  }

  private async setUp(channel: Channel, connection: ChannelModel): Promise<void> {
    channel.once('close', () => LANES.forEach((lane) => this.backlog[lane].splice(0)));
    this.answers = new Acknowledgements(channel, (error) => this.unanswered(error));
    for (const lane of LANES) await this.subscribe(lane, channel, connection, this.answers);
  }

  private async subscribe(
    lane: Lane,
    channel: Channel,
    connection: ChannelModel,
    answers: Acknowledgements,
  ): Promise<void> {
    if (this.draining) return;
    const { declarer, family, concurrency } = this.deps;
    await declarer.declare(connection, [family]);
    const onMessage = (message: ConsumeMessage | null) => {
      if (message) this.arrived({ lane, answers, message });
      else void this.subscribeAgain(lane, channel, connection, answers);
    };
    // The prefetch applies to later consumers, so no other call may come between the two.
    const prefetched = channel.prefetch(lane === 'background' ? backgroundLimitOf(concurrency) : concurrency);
    const [, { consumerTag }] = await Promise.all([prefetched, channel.consume(family.lanes[lane].main, onMessage)]);
    this.consumerTags.set(lane, consumerTag);
  }

  /**
   * The broker cancelled the consumer: the queue was deleted or moved. The channel stays open for pending
   * acknowledgements.
   */
  private async subscribeAgain(
    lane: Lane,
    channel: Channel,
    connection: ChannelModel,
    answers: Acknowledgements,
  ): Promise<void> {
    const queue = this.deps.family.lanes[lane].main;
    this.deps.logger.warn({ queue }, 'RabbitMQ has cancelled the consumer (queue deleted?); consuming again');
    try {
      await this.subscribe(lane, channel, connection, answers);
    } catch (error) {
      this.deps.logger.warn({ queue, reason: messageOf(error) }, 'consuming again failed; opening a new channel');
      await channel.close().catch(() => {});
    }
  }

  private arrived(arrival: Arrival): void {
    arrival.answers.delivered(arrival.message);
    this.backlog[arrival.lane].push(arrival);
    this.pump();
  }

  private pump(): void {
    while (!this.draining && this.gate.hasRoom) {
      const lane = this.turns.next((candidate) => this.backlog[candidate].length > 0);
      const arrival = lane && this.backlog[lane].shift();
      if (!arrival) return;
      this.turns.begin(arrival.lane);
      this.gate.run(() => this.handle(arrival).finally(() => this.turns.end(arrival.lane)));
    }
  }

  private async handle({ lane, answers, message }: Arrival): Promise<void> {
    const outcome = await this.deps.processor.process(message, message.fields.redelivered);
    try {
      await this.forward(lane, message, outcome);
      answers.ack(message);
    } catch (error) {
      this.deps.logger.warn(
        { queue: this.deps.queue, reason: messageOf(error) },
        'forwarding a message failed; it returns to its queue',
      );
      answers.requeue(message);
    }
  }

  /** The copy is confirmed before the original is acknowledged: for a short time there may be two, never none. */
  private async forward(lane: Lane, message: ConsumeMessage, outcome: Outcome): Promise<void> {
    const { publisher, family } = this.deps;
    if (outcome.do === 'retry')
      await publisher.publish(retryQueueFor(family.lanes[lane], outcome.afterMs), nextAttempt(message));
    if (outcome.do === 'dead-letter') await publisher.publish(family.dead, deadLetter(message, outcome.reason));
  }

  private unanswered(error: unknown): void {
    this.deps.logger.debug(
      { queue: this.deps.queue, reason: messageOf(error) },
      'the acknowledgement failed; the message will be delivered again',
    );
  }
}
