import type { NotificationDeliver } from '@slipstream/contracts';
import { HandlesMessages, type MessageHandler } from '@slipstream/rabbitmq/nest';
import { DeliveryTurns } from './delivery-turns.js';

/** Handles a wake-up for one stored delivery of a notification. */
@HandlesMessages('notification.deliver')
export class NotificationDeliverHandler implements MessageHandler<'notification.deliver'> {
  constructor(private readonly deliveries: DeliveryTurns) {}

  async handle(delivery: NotificationDeliver): Promise<void> {
    await this.deliveries.work(delivery);
  }
}
