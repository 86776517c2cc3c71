import { channelsFor } from '@slipstream/contracts';
import type { DeliveryStore, NotificationPreferenceStore, NotificationStore } from '@slipstream/notifications';
import type { MessageQueue } from '@slipstream/rabbitmq';

/** Sends a notification on its ways: one delivery for each channel that the person wants it on. */
export class Dispatch {
  constructor(
    private readonly notifications: NotificationStore,
    private readonly preferences: NotificationPreferenceStore,
    private readonly deliveries: DeliveryStore,
    private readonly queue: MessageQueue,
  ) {}

  /** Doing it again is harmless: a delivery is stored once, and an unneeded wake-up finds nothing to claim. */
  async work(notificationId: string): Promise<void> {
    const notification = await this.notifications.find(notificationId);
    if (notification?.state !== 'accepted') return;
    const { userId, kind, channel, requestId, traceparent } = notification;
    const channels = channelsFor(await this.preferences.find(userId), kind, channel);
    for (const each of channels) await this.deliveries.create(notification, each);
    if (!(await this.notifications.dispatched(notificationId))) return;
    // What isn't published now, the sweeper publishes.
    for (const each of channels)
      await this.queue.publish(
        'notification_queue',
        'notification.deliver',
        { notificationId, channel: each, userId },
        { requestId, traceparent },
      );
  }
}
