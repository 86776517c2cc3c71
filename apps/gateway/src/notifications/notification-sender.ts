import { randomUUID } from 'node:crypto';
import { messageOf } from '@slipstream/contracts';
import type { CreateIdentity, NewNotification, NotificationStore } from '@slipstream/mongo';
import type { MessageQueue } from '@slipstream/rabbitmq';
import type { NativeLogger } from '../http/gateway-logger.js';

/** Accepts notifications: stores them, then wakes a worker. What is stored is delivered, whatever becomes of the wake-up. */
export class NotificationSender {
  constructor(
    private readonly notifications: Pick<NotificationStore, 'create' | 'createAll'>,
    private readonly queue: Pick<MessageQueue, 'publish'>,
    private readonly logger: NativeLogger,
  ) {}

  /**
   * @returns its id; an earlier one's when the identity was seen before
   * @throws ConflictError `idempotency_key_reused`
   */
  async send(identity: CreateIdentity, input: NewNotification): Promise<string> {
    const { _id: id, state } = await this.notifications.create(identity, input);
    if (state === 'accepted') this.wakeWorker(id, input);
    return id;
  }

  /** Stores all of them, or fails. */
  async sendAll(inputs: readonly NewNotification[]): Promise<void> {
    const all = inputs.map((input) => ({ id: randomUUID(), input }));
    await this.notifications.createAll(all);
    for (const { id, input } of all) this.wakeWorker(id, input);
  }

  private wakeWorker(notificationId: string, { requestId, traceparent }: NewNotification): void {
    this.queue
      .publish('notification_queue', 'notification.dispatch', { notificationId }, { requestId, traceparent })
      .catch((error: unknown) => this.logger.warn({ notificationId, reason: messageOf(error) }, 'wake-up not published; the sweeper will'));
  }
}
