import { handlersByType } from '@slipstream/rabbitmq/nest';
import { DocumentProcessHandler } from './document-process.handler.js';

/** The handlers of document_queue: one class per message type. */
export const HANDLERS = handlersByType([DocumentProcessHandler]);
