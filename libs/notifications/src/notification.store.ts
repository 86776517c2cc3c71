import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { CreateNotification, NotificationStatus } from '@slipstream/contracts';
import {
  DatabasePool,
  findReplay,
  insertOnce,
  takeOverdue,
  unclaimedFor,
  type CreateIdentity,
  type Model,
} from '@slipstream/mongo';
import {
  deliveryModel,
  notificationModel,
  type DeliveryDocument,
  type NotificationDocument,
} from './notification.schema.js';

/** A notification to be stored, and the id and W3C trace context of its request, which the work continues. */
export type NewNotification = CreateNotification & { requestId?: string; traceparent?: string };

/** Time after which the sweeper publishes a new wake-up for a notification without dispatch. */
const FIRST_WAKE_MS = 5000;

/** The accepted notifications. The {@link DeliveryStore} contains their deliveries. */
@Injectable()
export class NotificationStore {
  constructor(
    @InjectModel(notificationModel.name) private readonly notifications: Model<NotificationDocument>,
    @InjectModel(deliveryModel.name) private readonly deliveries: Model<DeliveryDocument>,
    private readonly pool: DatabasePool,
  ) {}

  /**
   * @returns the notification; an earlier one if the identity is known
   * @throws ConflictError `idempotency_key_reused`
   */
  create(identity: CreateIdentity, input: NewNotification): Promise<NotificationDocument> {
    return this.pool.run('notification.create', () => insertOnce(this.notifications, this.documentOf(identity, input)));
  }

  /**
   * Returns the notification of an earlier create call with this identity, if one exists.
   * @throws ConflictError `idempotency_key_reused`
   */
  findEarlier(identity: CreateIdentity): Promise<NotificationDocument | null> {
    return this.pool.run('notification.find', () => findReplay(this.notifications, identity));
  }

  /** Returns the number of notifications without dispatch, counted up to `limit`. */
  countOpen(limit: number): Promise<number> {
    return this.pool.run('notification.count', () =>
      this.notifications.countDocuments({ state: 'accepted' }, { limit }),
    );
  }

  /** Stores all or fails; for callers whose notifications have no identity of their own. */
  async createAll(notifications: readonly { id: string; input: NewNotification }[]): Promise<void> {
    const documents = notifications.map(({ id, input }) => this.documentOf({ id }, input));
    await this.pool.run('notification.create_all', () => this.notifications.insertMany(documents));
  }

  find(id: string): Promise<NotificationDocument | null> {
    return this.pool.run('notification.find', () => this.notifications.findById(id).lean<NotificationDocument>());
  }

  /** With its delivery log. */
  status(id: string): Promise<NotificationStatus | null> {
    return this.pool.run('notification.status', async () => {
      const found = await this.notifications.findById(id).lean<NotificationDocument>();
      return (
        found &&
        toStatus(
          found,
          await this.deliveries.find({ notificationId: id }).sort({ channel: 1 }).lean<DeliveryDocument[]>(),
        )
      );
    });
  }

  /**
   * All its deliveries are stored. If the notification was removed meanwhile, they are deleted.
   * @returns whether it still exists
   */
  dispatched(id: string): Promise<boolean> {
    return this.pool.run('notification.dispatched', async () => {
      const isReachable =
        (await this.notifications.updateOne({ _id: id }, { $set: { state: 'dispatched' } })).matchedCount === 1;
      if (!isReachable) await this.deliveries.deleteMany({ notificationId: id });
      return isReachable;
    });
  }

  /** Returns an overdue notification, once per `againAfterMs`, to one caller. */
  takeOverdue(againAfterMs: number): Promise<NotificationDocument | null> {
    return this.pool.run('notification.sweep', () =>
      takeOverdue(this.notifications, { state: 'accepted' }, againAfterMs, this.pool.clock),
    );
  }

  /** Deletes the notifications of a user and their delivery logs. Pending ones are not delivered. */
  async deleteOf(userId: string): Promise<void> {
    await this.pool.run('notification.delete', async () => {
      await this.notifications.deleteMany({ userId });
      await this.deliveries.deleteMany({ userId });
    });
  }

  private documentOf({ id, requestHash }: CreateIdentity, input: NewNotification): NotificationDocument {
    const now = new Date();
    const { wakeAt, setAt } = unclaimedFor(FIRST_WAKE_MS, this.pool.clock);
    return {
      _id: id,
      ...input,
      ...(requestHash && { requestHash }),
      state: 'accepted',
      wakeAt,
      setAt,
      createdAt: now,
      updatedAt: now,
    };
  }
}

const toStatus = (
  { _id, userId, kind, state, createdAt, updatedAt }: NotificationDocument,
  deliveries: DeliveryDocument[],
): NotificationStatus => ({
  id: _id,
  userId,
  kind,
  state,
  deliveries: deliveries.map(({ channel, state, attempts }) => ({ channel, state, attempts })),
  createdAt: createdAt.toISOString(),
  updatedAt: (
    deliveries.map((each) => each.updatedAt).sort((a, b) => b.getTime() - a.getTime())[0] ?? updatedAt
  ).toISOString(),
});
