import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import {
  assertQueueName,
  MESSAGE_SCHEMAS,
  type QueueName,
  StartupError,
  type Logger,
  type LogLevel,
} from '@slipstream/contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import type { Broker, Consumption, Delivery, Outcome } from '../broker.js';
import { isMessageType } from '../message-types.js';
import { DeliveryContext } from './delivery.context.js';

export interface QueueConsumerOptions {
  broker: Broker;
  /** One of QUEUE_NAMES. */
  queue: string;
  /** Number of messages at a time. Minimum 1. */
  concurrency: number;
  /** Number of failed attempts after which a message becomes a dead letter. Default 10. */
  maxAttempts?: number;
  logger: Logger<LogLevel>;
}

/**
 * A queue as a Nest transport: the class with `@HandlesMessages(type)` handles the messages of that type.
 *
 * A returning handler acknowledges, unless it returns an {@link Outcome}. {@link Broker.consume} describes the effect
 * of errors. Closing drains: it accepts no new messages, and waits until running ones are acknowledged. It does not
 * close the broker, which belongs to the app.
 */
export class QueueConsumer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('slipstream-queue');
  /** Errors decide the outcome here, so Nest does not need to log them. */
  override readonly propagatesEventHandlerErrors = true;

  private readonly options: QueueConsumerOptions;
  private readonly queue: QueueName;
  private consumption?: Consumption;

  /** @throws InvalidQueueError */
  constructor(options: QueueConsumerOptions) {
    super();
    assertQueueName(options.queue);
    this.options = options;
    this.queue = options.queue;
  }

  /** @throws StartupError for an unknown message type, and for a second handler of one type */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler?: boolean,
    extras?: Record<string, unknown>,
  ): void {
    const known = Object.keys(MESSAGE_SCHEMAS).join(', ');
    if (!isMessageType(pattern))
      throw new StartupError(`A handler is bound to unknown message type '${String(pattern)}'. Types are: ${known}.`);
    if (this.messageHandlers.has(pattern)) throw new StartupError(`Two handlers are bound to '${pattern}'; bind one.`);
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  listen(callback: (error?: unknown) => void): void {
    const { broker, concurrency, maxAttempts } = this.options;
    broker
      .consume(this.queue, { concurrency, maxAttempts }, (delivery) => this.dispatch(delivery))
      .then(
        (consumption) => {
          this.consumption = consumption;
          callback();
        },
        (error: unknown) => callback(error),
      );
  }

  /** May be called twice. */
  async close(): Promise<void> {
    await this.consumption?.drain();
  }

  /** The transport has no events of its own; logs and metrics report its state. */
  on(): never {
    throw new StartupError('QueueConsumer has no events to listen to.');
  }

  /** The {@link Broker}. */
  unwrap<T>(): T {
    return this.options.broker as T;
  }

  private async dispatch(delivery: Delivery): Promise<Outcome> {
    const handler = this.getHandlerByPattern(delivery.type);
    if (!handler)
      return { do: 'dead-letter', reason: `no handler for '${delivery.type}' in the consumer of ${this.queue}` };
    const result = await this.invoke(handler, delivery);
    return isOutcome(result) ? result : { do: 'ack' };
  }

  private invoke(handler: MessageHandler, delivery: Delivery): Promise<unknown> {
    const context = new DeliveryContext(delivery);
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (end) => {
        await settled(handler, delivery.payload, context).then(resolve, (error: unknown) =>
          reject(this.explained(error)),
        );
        end();
      });
    });
  }

  /** Reports to the developer of a plain `@Controller()` that its error was replaced. */
  private explained(error: unknown): unknown {
    if (error instanceof Error) return error;
    this.options.logger.error(
      { queue: this.queue },
      "Nest has replaced a handler's error: use @QueueController() instead of @Controller()",
    );
    return error;
  }
}

async function settled(handler: MessageHandler, payload: unknown, context: DeliveryContext): Promise<unknown> {
  const result: unknown = await handler(payload, context);
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}

function isOutcome(value: unknown): value is Outcome {
  if (typeof value !== 'object' || value === null || !('do' in value)) return false;
  return value.do === 'ack' || value.do === 'retry' || value.do === 'dead-letter';
}
