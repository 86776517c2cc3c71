import { handlersByType } from '@slipstream/rabbitmq/nest';
import { ChatGenerateHandler } from './chat-generate.handler.js';

/** The handlers of chat_queue: one class for each type of message. */
export const HANDLERS = handlersByType([ChatGenerateHandler]);
