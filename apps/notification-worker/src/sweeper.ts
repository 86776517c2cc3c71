import { messageOf } from '@slipstream/contracts';
import type { DeliveryStore, NotificationStore } from '@slipstream/mongo';
import type { MessageQueue } from '@slipstream/rabbitmq';
import type { Logger } from '@slipstream/telemetry';

/** Wake-ups of each kind in one round. */
const BATCH = 200;
/** What was woken and is still open is woken again after this long. */
const AGAIN_AFTER_MS = 15_000;

/** Publishes wake-ups for what is due: a retry, or something whose message was lost or whose worker died. */
export class Sweeper {
  private timer?: NodeJS.Timeout;
  private sweeping: Promise<void> = Promise.resolve();

  constructor(
    private readonly notifications: Pick<NotificationStore, 'takeOverdue'>,
    private readonly deliveries: Pick<DeliveryStore, 'takeOverdue'>,
    private readonly queue: MessageQueue,
    private readonly logger: Logger,
    private readonly intervalMs: number,
  ) {}

  start(): void {
    const jittered = this.intervalMs * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep().finally(() => this.timer && this.start());
    }, jittered);
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.sweeping;
  }

  private async sweep(): Promise<void> {
    try {
      await this.wakeDispatches();
      await this.wakeDeliveries();
    } catch (error) {
      this.logger.debug({ reason: messageOf(error) }, 'sweep failed; the next round tries again');
    }
  }

  private async wakeDispatches(): Promise<void> {
    for (let woken = 0; woken < BATCH && this.timer; woken++) {
      const notification = await this.notifications.takeOverdue(AGAIN_AFTER_MS);
      if (!notification) return;
      const { _id: notificationId, requestId, traceparent } = notification;
      await this.queue.publish('notification_queue', 'notification.dispatch', { notificationId }, { requestId, traceparent });
    }
  }

  private async wakeDeliveries(): Promise<void> {
    for (let woken = 0; woken < BATCH && this.timer; woken++) {
      const delivery = await this.deliveries.takeOverdue(AGAIN_AFTER_MS);
      if (!delivery) return;
      const { notificationId, channel } = delivery;
      await this.queue.publish('notification_queue', 'notification.deliver', { notificationId, channel });
    }
  }
}
