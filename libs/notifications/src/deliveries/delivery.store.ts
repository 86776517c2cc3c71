import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { DeliveryAttempt, NotificationChannel } from '@slipstream/contracts';
import { DatabasePool, restOf, takeOverdue, unclaimedFor, unlessDuplicate, type Model } from '@slipstream/mongo';
import { deliveryModel, type DeliveryDocument, type NotificationDocument } from '../notification.schema.js';

/** How long a stored delivery may stay unclaimed before the sweeper wakes a worker for it again. */
const FIRST_WAKE_MS = 5000;

/** What became of one try: the last one, or one that is followed by another after `delayMs`. */
export type AttemptEnd =
  | { attempt: DeliveryAttempt & { outcome: 'delivered' | 'failed' } }
  | { attempt: DeliveryAttempt & { outcome: 'retry' }; delayMs: number };

/**
 * The ways of notifications, and the right to send on them. A worker holds a delivery by a fenced lease, as it does a
 * job: a worker that was thought dead can change nothing once another has taken over.
 */
@Injectable()
export class DeliveryStore {
  constructor(
    @InjectModel(deliveryModel.name) private readonly deliveries: Model<DeliveryDocument>,
    private readonly pool: DatabasePool,
  ) {}

  /** Stores a way of a notification, once, however often it is called: the unique index decides. */
  async create({ _id: notificationId, userId }: NotificationDocument, channel: NotificationChannel): Promise<void> {
    const document = {
      _id: `${notificationId}:${channel}`,
      notificationId,
      userId,
      channel,
      state: 'pending' as const,
      fence: 0,
      attempts: [],
    };
    await this.pool.run('delivery.create', () =>
      unlessDuplicate(this.deliveries.create({ ...document, ...unclaimedFor(FIRST_WAKE_MS, this.pool.clock) })),
    );
  }

  /**
   * Takes the delivery for `leaseMs`.
   * @returns null when it is somebody's, rests before a retry, has ended, or is gone
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
   * Logs a try and what follows from it, in one write.
   * @returns false when the lease was lost: nothing was stored then
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

  /** One that somebody should have taken up by now; handed out once per `againAfterMs`, to one caller. */
  takeOverdue(againAfterMs: number): Promise<DeliveryDocument | null> {
    return this.pool.run('delivery.sweep', () =>
      takeOverdue(this.deliveries, { state: 'pending' }, againAfterMs, this.pool.clock),
    );
  }
}
