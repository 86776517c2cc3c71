import type { ModelDefinition } from '@nestjs/mongoose';
import type { DeliveryAttempt, DeliveryState, NotificationChannel, NotificationData } from '@slipstream/contracts';
import { Schema, versioned } from '@slipstream/mongo';

/** An accepted notification. */
export interface NotificationDocument {
  _id: string;
  userId: string;
  kind: string;
  data: NotificationData;
  url?: string;
  /** The requested channel. Absent: the user's preferences decide. */
  channel?: NotificationChannel;
  /** `accepted` until all its deliveries are stored. */
  state: 'accepted' | 'dispatched';
  /** While it is `accepted`, the sweeper publishes a wake-up for it at this time. */
  wakeAt: Date;
  /** When that was set, by the database's clock. Absent on documents of older versions. */
  setAt?: Date;
  requestId?: string;
  traceparent?: string;
  requestHash?: string;
  createdAt: Date;
  updatedAt: Date;
}

/** One delivery of a notification, with its state: at most one per channel, by the unique index. */
export interface DeliveryDocument {
  _id: string;
  notificationId: string;
  userId: string;
  channel: NotificationChannel;
  state: DeliveryState;
  /** Number of the latest claim, 0 before the first. A write with an older number has no effect. */
  fence: number;
  /** While it is pending, no worker may claim it before this time: the end of a lease, or of a retry delay. */
  claimableAt: Date;
  /** While it is pending, the sweeper publishes a wake-up for it at this time. */
  wakeAt: Date;
  /** When that was set, by the database's clock. Absent on documents of older versions. */
  setAt?: Date;
  attempts: DeliveryAttempt[];
  createdAt: Date;
  updatedAt: Date;
}

/** Time after which the database removes notifications and their delivery logs; inboxes have their own time. */
const KEPT_SECONDS = 90 * 86_400;

const notificationSchema: Schema<NotificationDocument> = new Schema<NotificationDocument>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    kind: { type: String, required: true },
    data: { type: Schema.Types.Mixed, required: true },
    url: String,
    channel: String,
    state: { type: String, required: true },
    wakeAt: { type: Date, required: true },
    setAt: Date,
    requestId: String,
    traceparent: String,
    requestHash: String,
  },
  { collection: 'notifications', timestamps: true, versionKey: false, minimize: false },
)
  .index({ userId: 1 })
  .index({ state: 1, wakeAt: 1 })
  .index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export const notificationModel: ModelDefinition = { name: 'Notification', schema: versioned(notificationSchema) };

const deliverySchema: Schema<DeliveryDocument> = new Schema<DeliveryDocument>(
  {
    _id: { type: String, required: true },
    notificationId: { type: String, required: true },
    userId: { type: String, required: true },
    channel: { type: String, required: true },
    state: { type: String, required: true },
    fence: { type: Number, required: true },
    claimableAt: { type: Date, required: true },
    wakeAt: { type: Date, required: true },
    setAt: Date,
    attempts: [{ _id: false, at: String, outcome: String, code: String, status: Number }],
  },
  { collection: 'notification_deliveries', timestamps: true, versionKey: false },
)
  .index({ notificationId: 1, channel: 1 }, { unique: true })
  .index({ userId: 1 })
  .index({ state: 1, wakeAt: 1 })
  .index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export const deliveryModel: ModelDefinition = { name: 'Delivery', schema: versioned(deliverySchema) };
