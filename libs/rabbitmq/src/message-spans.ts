import type { NewSpan, QueueName, Span } from '@slipstream/contracts';
import { currentContext } from '@slipstream/telemetry';
import type { Delivery, OutgoingMessage, Outcome } from './broker.js';

const attributesOf = (queue: QueueName, type: 'send' | 'process', message: Pick<OutgoingMessage, 'id' | 'type'>) => ({
  'messaging.system': 'rabbitmq',
  'messaging.operation.type': type,
  'messaging.destination.name': queue,
  'messaging.message.id': message.id,
  'slipstream.message.type': message.type,
});

/** Begins the span of a publishing. Absent: the work that publishes is not recorded. */
export const publishSpan = (queue: QueueName, message: Pick<OutgoingMessage, 'id' | 'type'>): Span | undefined =>
  currentContext()?.span?.child({
    name: `send ${queue}`,
    kind: 'producer',
    attributes: attributesOf(queue, 'send', message),
  });

/** Returns the span of the processing of a message. */
export const processSpan = (queue: QueueName, delivery: Delivery): NewSpan => ({
  name: `process ${queue}`,
  kind: 'consumer',
  attributes: { ...attributesOf(queue, 'process', delivery), 'slipstream.message.attempt': delivery.attempt },
});

/** Returns the `error.type` of an outcome. */
export const errorOfOutcome = (outcome: Outcome): string | undefined => (outcome.do === 'ack' ? undefined : outcome.do);
