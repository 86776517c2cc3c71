import { channelsFor } from '@slipstream/contracts';
import type { MessageQueue } from '@slipstream/rabbitmq';
import type { NotificationPreferenceStore } from '../notification-preference.store.js';
import type { NotificationStore } from '../notification.store.js';
import type { DeliveryStore } from './delivery.store.js';

/** Dispatches a notification: one delivery per channel in the user's preferences. */
export class Dispatch {
  constructor(
    private readonly notifications: NotificationStore,
    private readonly preferences: NotificationPreferenceStore,
    private readonly deliveries: DeliveryStore,
    private readonly queue: MessageQueue,
  ) {}

  /** It can be repeated: a delivery is stored once, and an unneeded wake-up finds no work. */
  async work(notificationId: string): Promise<void> {
    const notification = await this.notifications.find(notificationId);
    if (notification?.state !== 'accepted') return;
    const { userId, kind, channel, requestId, traceparent } = notification;
    const channels = channelsFor(await this.preferences.find(userId), kind, channel);
    await this.deliveries.create(notification, channels);
    if (!(await this.notifications.dispatched(notificationId))) return;
    // The sweeper publishes wake-ups that fail here.
    for (const each of channels)
      await this.queue.publish(
        'notification_queue',
        'notification.deliver',
        { notificationId, channel: each, userId },
        { requestId, traceparent },
      );
  }
}
