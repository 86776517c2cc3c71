import { randomUUID } from 'node:crypto';
import { assertQueueName, InvalidInputError, type MessageType } from '@slipstream/contracts';
import { errorType } from '@slipstream/telemetry';
import type { Broker, OutgoingMessage } from './broker.js';
import { checkPayload, isMessageType, type PayloadOf } from './message-types.js';
import { publishSpan } from './message-spans.js';

/** `id` default: a random UUID. */
export type PublishOptions = Partial<Pick<OutgoingMessage, 'id' | 'lane' | 'requestId' | 'traceparent' | 'deadline'>>;

/** Publishes messages, after checking queue names and payloads. */
export class MessageQueue {
  constructor(private readonly broker: Broker) {}

  /**
   * @returns the id of the message, after the broker's confirm.
   * @throws InvalidQueueError if `queue` is not one of QUEUE_NAMES
   * @throws InvalidInputError if the payload does not match the type
   * @throws DependencyUnavailableError see {@link Broker.publish}
   */
  async publish<T extends MessageType>(
    queue: string,
    type: T,
    payload: PayloadOf<T>,
    options: PublishOptions = {},
  ): Promise<string> {
    assertQueueName(queue);
    const { id = randomUUID(), ...more } = options;
    const checked = validated(type, payload);
    const span = publishSpan(queue, { id, type });
    const traceparent = span?.traceparent ?? more.traceparent;
    try {
      await this.broker.publish(queue, { ...more, id, type, payload: checked, traceparent });
    } catch (error) {
      span?.fail(errorType(error));
      throw error;
    } finally {
      span?.end();
    }
    return id;
  }
}

function validated(type: MessageType, payload: unknown): unknown {
  if (!isMessageType(type))
    throw new InvalidInputError('unknown_message_type', `Message type '${String(type)}' does not exist.`);
  const checked = checkPayload(type, payload);
  if ('payload' in checked) return checked.payload;
  throw new InvalidInputError(
    'invalid_message',
    `The payload does not match message type '${type}': ${checked.violations}.`,
    {
      context: { type },
    },
  );
}
