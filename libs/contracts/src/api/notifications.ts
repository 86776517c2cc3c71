import { z } from 'zod';
import { id, pageQuery, resource } from './resource.js';

/** The channels to a user. */
export const notificationChannel = z.enum(['inbox', 'email', 'webhook']);
export type NotificationChannel = z.infer<typeof notificationChannel>;

/** Subject of a notification: selects its template and the preferences. */
export const notificationKind = z
  .string()
  .regex(
    /^[a-z][a-z0-9_-]{0,30}(?:\.[a-z][a-z0-9_-]{0,30}){0,2}$/,
    'must be lower-case words, joined by dots, such as order.shipped',
  );

/** Link of a notification. Only http(s), because users click on it. */
const link = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).max(2048);

const dataName = z.string().regex(/^[a-zA-Z]\w{0,40}$/, 'must be letters, digits and _, and begin with a letter');
/** Values for the places of a template; escaped as each channel needs it. */
const notificationData = z
  .record(dataName, z.union([z.string().max(10_000), z.number(), z.boolean()]))
  .refine((data) => Object.keys(data).length <= 50, 'must have at most 50 values');
export type NotificationData = z.infer<typeof notificationData>;

/**
 * `kind` defaults to `message`, whose template shows `data.title` and `data.text`. Without `channel`, the user's
 * preferences apply.
 */
export const createNotification = z.strictObject({
  userId: id,
  kind: notificationKind.default('message'),
  data: notificationData.default({}),
  url: link.optional(),
  channel: notificationChannel.optional(),
});
export type CreateNotification = z.infer<typeof createNotification>;

/** Answer 202: the notification is stored and will be delivered. `statusUrl` is a path on the same host. */
export const notificationAccepted = z.object({ notificationId: id, statusUrl: z.string() });
export type NotificationAccepted = z.infer<typeof notificationAccepted>;

/** One try to deliver. */
const deliveryAttempt = z.object({
  at: z.iso.datetime(),
  outcome: z.enum(['delivered', 'retry', 'failed']),
  /** Error code: `webhook_status`, `webhook_timeout`, `smtp_rejected`, …; stable. */
  code: z.string().optional(),
  /** Status of the receiver's answer: HTTP of a webhook, SMTP of a mail. */
  status: z.int().optional(),
});
export type DeliveryAttempt = z.infer<typeof deliveryAttempt>;

/** `pending` until it is `delivered`, or `failed` for good. */
const deliveryState = z.enum(['pending', 'delivered', 'failed']);
export type DeliveryState = z.infer<typeof deliveryState>;

const notificationDelivery = z.object({
  channel: notificationChannel,
  state: deliveryState,
  attempts: z.array(deliveryAttempt),
});

/** A notification and its delivery log. `accepted`: it waits for dispatch; `dispatched`: `deliveries` is complete. */
export const notificationStatus = resource.extend({
  userId: id,
  kind: notificationKind,
  state: z.enum(['accepted', 'dispatched']),
  deliveries: z.array(notificationDelivery),
});
export type NotificationStatus = z.infer<typeof notificationStatus>;

/** A notification in the inbox. */
export const inboxNotification = resource.extend({
  kind: notificationKind,
  title: z.string(),
  text: z.string(),
  url: z.string().optional(),
  isRead: z.boolean(),
});
export type InboxNotification = z.infer<typeof inboxNotification>;

export const inboxQuery = pageQuery.extend({ unread: z.enum(['true', 'false']).optional() });
export type InboxQuery = z.infer<typeof inboxQuery>;

export const updateInboxNotification = z.strictObject({ isRead: z.boolean() });
export type UpdateInboxNotification = z.infer<typeof updateInboxNotification>;
