import { EventPattern, Payload } from '@nestjs/microservices';
import type { NotificationDeliver, NotificationDispatch } from '@slipstream/contracts';
import { QueueController } from '@slipstream/rabbitmq';
import { DeliveryTurns } from './delivery-turns.js';
import { Dispatch } from './dispatch.js';

/**
 * Wake-ups from notification_queue. A message only says where to look; notification and delivery are in the database.
 */
@QueueController()
export class NotificationController {
  constructor(
    private readonly dispatch: Dispatch,
    private readonly deliveries: DeliveryTurns,
  ) {}

  @EventPattern('notification.dispatch')
  async dispatched(@Payload() { notificationId }: NotificationDispatch): Promise<void> {
    await this.dispatch.work(notificationId);
  }

  @EventPattern('notification.deliver')
  async deliver(@Payload() delivery: NotificationDeliver): Promise<void> {
    await this.deliveries.work(delivery);
  }
}
