import type { NotificationDispatch } from '@slipstream/contracts';
import { HandlesMessages, type MessageHandler } from '@slipstream/rabbitmq';
import { Dispatch } from './dispatch.js';

/** A wake-up for a notification that was accepted, which is in the database. */
@HandlesMessages('notification.dispatch')
export class NotificationDispatchHandler implements MessageHandler<'notification.dispatch'> {
  constructor(private readonly dispatch: Dispatch) {}

  async handle({ notificationId }: NotificationDispatch): Promise<void> {
    await this.dispatch.work(notificationId);
  }
}
