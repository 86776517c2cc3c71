import type { NotificationDeliver } from '@slipstream/contracts';
import { HandlesMessages, type MessageHandler } from '@slipstream/rabbitmq';
import { DeliveryTurns } from './delivery-turns.js';

/** A wake-up for one delivery of a notification, which is in the database. */
@HandlesMessages('notification.deliver')
export class NotificationDeliverHandler implements MessageHandler<'notification.deliver'> {
  constructor(private readonly deliveries: DeliveryTurns) {}

  async handle(delivery: NotificationDeliver): Promise<void> {
    await this.deliveries.work(delivery);
  }
}
