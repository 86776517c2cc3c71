import { setTimeout as delay } from 'node:timers/promises';
import { LANES, perQueue, type QueueName, StartupError } from '@slipstream/contracts';
import type {
  Broker,
  ConsumeOptions,
  Consumption,
  DeadLetterBox,
  DeliveryHandler,
  OutgoingMessage,
  QueueStatus,
} from '../broker.js';
import type { BrokerOptions } from '../broker.options.js';
import { DeliveryProcessor } from '../delivery-processor.js';
import { unavailable } from '../unavailable.js';
import { encode } from '../wire-message.js';
import { AmqpConnection } from './amqp.connection.js';
import { AmqpDeadLetters } from './amqp.dead-letters.js';
import { AmqpConsumption } from './amqp.consumption.js';
import { AmqpInspector } from './amqp.inspector.js';
import { AmqpPublisher } from './amqp.publisher.js';
import { onChannel } from './on-channel.js';
import { TopologyDeclarer } from './topology-declarer.js';
import { allFamilies, familyOf } from './topology.js';

const DEFAULT_PUBLISH_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BUFFERED_MESSAGES = 1_000;
/** A broker that does not answer must not delay the end of the process. */
const CLOSE_TIMEOUT_MS = 5_000;

/**
 * Supports RabbitMQ 3.10 and later.
 *
 * Publishing and consuming use separate connections. During a memory or disk alarm RabbitMQ stops reading from
 * connections that publish, but acknowledgements must still arrive.
 */
export class AmqpBroker implements Broker {
  private readonly declarer: TopologyDeclarer;
  private readonly publishing: AmqpConnection;
  private readonly publisher: AmqpPublisher;
  private readonly inspector: AmqpInspector;
  private readonly deadLetterBoxes: Readonly<Record<QueueName, AmqpDeadLetters>>;
  private readonly consumptions = new Set<AmqpConsumption>();
  private consuming?: AmqpConnection;
  private checking?: Promise<void>;
  private closing?: Promise<void>;

  /** @throws StartupError if the URL is not an AMQP URL */
  constructor(private readonly options: BrokerOptions) {
    assertAmqpUrl(options.url);
    this.declarer = new TopologyDeclarer(options.logger);
    this.publishing = this.connect('publisher');
    this.publisher = new AmqpPublisher({
      connection: this.publishing,
      declarer: this.declarer,
      families: allFamilies(this.prefix),
      publishTimeoutMs: options.publishTimeoutMs ?? DEFAULT_PUBLISH_TIMEOUT_MS,
      maxBufferedMessages: options.maxBufferedMessages ?? DEFAULT_MAX_BUFFERED_MESSAGES,
      logger: options.logger,
    });
    this.inspector = new AmqpInspector({
      connection: this.publishing,
      declarer: this.declarer,
      prefix: this.prefix,
    });
    this.deadLetterBoxes = perQueue((queue) => this.deadLettersOf(queue));
  }

  async publish(queue: QueueName, message: OutgoingMessage): Promise<void> {
    const { metrics } = this.options;
    try {
      await this.publisher.publish(familyOf(queue, this.prefix).lanes[message.lane ?? LANES[0]].main, encode(message));
      metrics.published(queue, message.type, 'confirmed');
    } catch (error) {
      metrics.published(queue, message.type, 'unavailable');
      throw error;
    }
  }

  async consume(queue: QueueName, options: ConsumeOptions, handler: DeliveryHandler): Promise<Consumption> {
    if (this.closing) throw unavailable('closed');
    this.consuming ??= this.connect('consumer');
    const { logger, metrics, tracer } = this.options;
    const consumption = new AmqpConsumption({
      connection: this.consuming,
      declarer: this.declarer,
      publisher: this.publisher,
      processor: new DeliveryProcessor({ queue, options, handler, logger, metrics, tracer }),
      queue,
      family: familyOf(queue, this.prefix),
      concurrency: options.concurrency,
      logger,
    });
    this.consumptions.add(consumption);
    return consumption;
  }

  inspect(): Promise<QueueStatus[]> {
    return this.inspector.inspect();
  }

  deadLetters(queue: QueueName): DeadLetterBox {
    return this.deadLetterBoxes[queue];
  }

  /** Concurrent callers share one request, so that requests do not accumulate at a broker that does not answer. */
  check(): Promise<void> {
    this.checking ??= this.probe().finally(() => {
      this.checking = undefined;
    });
    return this.checking;
  }

  close(): Promise<void> {
    this.closing ??= Promise.race([this.disconnect(), delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    return this.closing;
  }

  /** Only a working broker opens a channel, and closing it leaves no trace. */
  private async probe(): Promise<void> {
    if (this.closing) throw unavailable('closed');
    if (this.publishing.blockedReason) throw unavailable(`blocked: ${this.publishing.blockedReason}`);
    await onChannel(this.publishing, async () => {});
  }

  private async disconnect(): Promise<void> {
    await Promise.all([...this.consumptions].map((consumption) => consumption.abandon()));
    await this.publisher.close();
    await Promise.all([this.publishing.close(), this.consuming?.close()]);
  }

  private deadLettersOf(queue: QueueName): AmqpDeadLetters {
    return new AmqpDeadLetters({
      connection: this.publishing,
      publisher: this.publisher,
      family: familyOf(queue, this.prefix),
    });
  }

  private connect(role: string): AmqpConnection {
    const { url, connectionName = 'slipstream', logger } = this.options;
    return new AmqpConnection({ url, name: `${connectionName} ${role}`, logger });
  }

  private get prefix(): string {
    return this.options.queuePrefix ?? '';
  }
}

function assertAmqpUrl(url: string): void {
  const protocol = URL.parse(url)?.protocol;
  if (protocol === 'amqp:' || protocol === 'amqps:') return;
  throw new StartupError(
    'The URL of the message broker must begin with amqp://, amqps:// or memory:. Set RABBITMQ_URL, ' +
      'for example to amqp://127.0.0.1:5672.',
  );
}
