export { HandlesMessages, handlersByType, type MessageHandler } from './message-handler.decorator.js';
export { QueueConsumer } from './queue.consumer.js';
