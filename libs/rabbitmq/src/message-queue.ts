import { randomUUID } from 'node:crypto';
import { assertQueueName, InvalidInputError, type MessageType } from '@slipstream/contracts';
import type { Broker, OutgoingMessage } from './broker.js';
import { checkPayload, isMessageType, type PayloadOf } from './message-types.js';

/** `id` default: a random UUID. */
export type PublishOptions = Partial<Pick<OutgoingMessage, 'id' | 'lane' | 'requestId' | 'traceparent' | 'deadline'>>;

/** The sender's side of the queues: checks names and payloads before anything leaves the process. */
export class MessageQueue {
  constructor(private readonly broker: Broker) {}

  /**
   * @returns the message's id, once the broker has confirmed it.
   * @throws InvalidQueueError when `queue` is not one of QUEUE_NAMES
   * @throws InvalidInputError when the payload doesn't fit the type
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
    await this.broker.publish(queue, { ...more, id, type, payload: validated(type, payload) });
    return id;
  }
}

function validated(type: MessageType, payload: unknown): unknown {
  if (!isMessageType(type))
    throw new InvalidInputError('unknown_message_type', `There is no message type '${String(type)}'.`);
  const checked = checkPayload(type, payload);
  if ('payload' in checked) return checked.payload;
  throw new InvalidInputError('invalid_message', `The payload doesn't fit message type '${type}': ${checked.faults}.`, {
    context: { type },
  });
}
