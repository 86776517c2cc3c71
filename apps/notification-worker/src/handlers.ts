import { handlersByType } from '@slipstream/rabbitmq/nest';
import { NotificationDeliverHandler } from './notification-deliver.handler.js';
import { NotificationDispatchHandler } from './notification-dispatch.handler.js';

/** The handlers of notification_queue: one class for each type of message. */
export const HANDLERS = handlersByType([NotificationDispatchHandler, NotificationDeliverHandler]);
