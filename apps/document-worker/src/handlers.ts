import { handlersByType } from '@slipstream/rabbitmq';

/** The handlers of document_queue: one class per message type. None yet, so every message becomes a dead letter. */
export const HANDLERS = handlersByType([]);
