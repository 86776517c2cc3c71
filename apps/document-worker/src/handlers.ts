import { handlersByType } from '@slipstream/rabbitmq';

/** The handlers of document_queue: one class for each type of message. None yet, so every message is a dead letter. */
export const HANDLERS = handlersByType([]);
