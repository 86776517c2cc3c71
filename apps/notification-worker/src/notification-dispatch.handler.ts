import type { NotificationDispatch } from '@slipstream/contracts';
import { HandlesMessages, type MessageHandler } from '@slipstream/rabbitmq/nest';
import { Dispatch } from '@slipstream/notifications';

/** Handles a wake-up for a stored notification. */
@HandlesMessages('notification.dispatch')
export class NotificationDispatchHandler implements MessageHandler<'notification.dispatch'> {
  constructor(private readonly dispatch: Dispatch) {}

  async handle({ notificationId }: NotificationDispatch): Promise<void> {
    await this.dispatch.work(notificationId);
  }
}
