import { randomUUID } from 'node:crypto';
import { messageOf } from '@slipstream/contracts';
import type { CreateIdentity } from '@slipstream/mongo';
import type { NewNotification, NotificationStore } from '@slipstream/notifications';
import type { MessageQueue } from '@slipstream/rabbitmq';
import type { NativeLogger } from '../../http/gateway-logger.js';
import type { Backlog } from '../backlog.js';

/**
 * Accepts notifications: stores them, then wakes a worker. A stored notification is delivered even if its wake-up is
 * lost.
 */
export class NotificationSender {
  constructor(
    private readonly notifications: Pick<NotificationStore, 'findEarlier' | 'create' | 'createAll'>,
    private readonly backlog: Pick<Backlog, 'admit'>,
    private readonly queue: Pick<MessageQueue, 'publish'>,
    private readonly logger: NativeLogger,
  ) {}

  /**
   * @returns its id; that of an earlier one if the identity is known
   * @throws ConflictError `idempotency_key_reused`
   * @throws QueueFullError
   */
  async send(identity: CreateIdentity, input: NewNotification): Promise<string> {
    // A repeated call gets its answer even if the queue is full by now.
    if (!(await this.notifications.findEarlier(identity))) await this.backlog.admit();
    const { _id: id, state } = await this.notifications.create(identity, input);
    if (state === 'accepted') this.wakeWorker(id, input);
    return id;
  }

  /** Stores all of them, or fails. @throws QueueFullError */
  async sendAll(inputs: readonly NewNotification[]): Promise<void> {
    await this.backlog.admit('interactive', inputs.length);
    const all = inputs.map((input) => ({ id: randomUUID(), input }));
    await this.notifications.createAll(all);
    for (const { id, input } of all) this.wakeWorker(id, input);
  }

  private wakeWorker(notificationId: string, { requestId, traceparent }: NewNotification): void {
    this.queue
      .publish('notification_queue', 'notification.dispatch', { notificationId }, { requestId, traceparent })
      .catch((error: unknown) =>
        this.logger.warn(
          { notificationId, reason: messageOf(error) },
          'wake-up not published; the sweeper will publish it',
        ),
      );
  }
}
