import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { DeliveryAttempt, NotificationChannel } from '@slipstream/contracts';
import { bulkUpsert, DatabasePool, restOf, takeOverdue, unclaimedFor, type Model } from '@slipstream/mongo';
import { deliveryModel, type DeliveryDocument, type NotificationDocument } from '../notification.schema.js';

/** Time after which the sweeper publishes a new wake-up for an unclaimed delivery. */
const FIRST_WAKE_MS = 5000;

/** Outcome of one attempt: the last one, or one that is followed by another after `delayMs`. */
export type AttemptEnd =
  | { attempt: DeliveryAttempt & { outcome: 'delivered' | 'failed' } }
  | { attempt: DeliveryAttempt & { outcome: 'retry' }; delayMs: number };

/**
 * The deliveries of notifications, and the claims on them. Fence and lease of a claim work as for jobs: after another
 * worker has taken over, writes of the earlier one have no effect.
 */
@Injectable()
export class DeliveryStore {
  constructor(
    @InjectModel(deliveryModel.name) private readonly deliveries: Model<DeliveryDocument>,
    private readonly pool: DatabasePool,
  ) {}

  /** Stores a delivery of a notification for each channel once, for any number of calls. */
  async create(
    { _id: notificationId, userId }: NotificationDocument,
    channels: readonly NotificationChannel[],
  ): Promise<void> {
    const shared = { notificationId, userId, state: 'pending' as const, fence: 0, attempts: [] };
    const documents = channels.map((channel) => ({
      _id: `${notificationId}:${channel}`,
      insert: { ...shared, channel, ...unclaimedFor(FIRST_WAKE_MS, this.pool.clock) },
    }));
    await this.pool.run('delivery.create', () => bulkUpsert(this.deliveries, documents));
  }

  /**
   * Claims the delivery for `leaseMs`.
   * @returns null if it is claimed, waits for a retry, has ended, or was removed
   */
  claim(notificationId: string, channel: NotificationChannel, leaseMs: number): Promise<DeliveryDocument | null> {
    return this.pool.run('delivery.claim', () =>
      this.deliveries
        .findOneAndUpdate(
          { notificationId, channel, state: 'pending', claimableAt: { $lte: new Date(this.pool.clock.settledNow()) } },
          { $set: restOf(leaseMs, this.pool.clock), $inc: { fence: 1 } },
          { returnDocument: 'after' },
        )
        .lean<DeliveryDocument>(),
    );
  }

  /**
   * Logs an attempt and its consequence, in one write.
   * @returns false if the lease was lost, and nothing was stored
   */
  settle({ _id, fence }: Pick<DeliveryDocument, '_id' | 'fence'>, end: AttemptEnd): Promise<boolean> {
    const next =
      'delayMs' in end
        ? restOf(end.delayMs, this.pool.clock)
        : { state: end.attempt.outcome === 'delivered' ? ('delivered' as const) : ('failed' as const) };
    return this.pool.run('delivery.settle', async () => {
      const change = { $set: next, $push: { attempts: end.attempt } };
      return (await this.deliveries.updateOne({ _id, fence, state: 'pending' }, change)).matchedCount === 1;
    });
  }

  /** Returns an overdue delivery, once per `againAfterMs`, to one caller. */
  takeOverdue(againAfterMs: number): Promise<DeliveryDocument | null> {
    return this.pool.run('delivery.sweep', () =>
      takeOverdue(this.deliveries, { state: 'pending' }, againAfterMs, this.pool.clock),
    );
  }
}
