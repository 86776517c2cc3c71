import type { MessageQueue } from '@slipstream/rabbitmq';
import type { NotificationStore } from '../notification.store.js';
import type { DeliveryStore } from './delivery.store.js';

/** Wake-ups of each kind in one round. */
const BATCH = 200;
/** Time after which another wake-up is published. */
const AGAIN_AFTER_MS = 15_000;

/** Publishes wake-ups for notifications whose message was lost, or whose worker died before the dispatch. */
export async function wakeOverdueDispatches(
  notifications: Pick<NotificationStore, 'takeOverdue'>,
  queue: MessageQueue,
  ending: AbortSignal,
): Promise<void> {
  for (let woken = 0; woken < BATCH && !ending.aborted; woken++) {
    const notification = await notifications.takeOverdue(AGAIN_AFTER_MS);
    if (!notification) return;
    const { _id: notificationId, requestId, traceparent } = notification;
    await queue.publish('notification_queue', 'notification.dispatch', { notificationId }, { requestId, traceparent });
  }
}

/** Publishes wake-ups for deliveries whose retry is due, whose message was lost, or whose worker died. */
export async function wakeOverdueDeliveries(
  deliveries: Pick<DeliveryStore, 'takeOverdue'>,
  queue: MessageQueue,
  ending: AbortSignal,
): Promise<void> {
  for (let woken = 0; woken < BATCH && !ending.aborted; woken++) {
    const delivery = await deliveries.takeOverdue(AGAIN_AFTER_MS);
    if (!delivery) return;
    const { notificationId, channel, userId } = delivery;
    await queue.publish('notification_queue', 'notification.deliver', { notificationId, channel, userId });
  }
}
