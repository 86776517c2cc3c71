import { z } from 'zod';
import { notificationChannel, notificationKind, type NotificationChannel } from './notifications.js';

const channels = z.array(notificationChannel).max(3);

/** Symmetric secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'must be whsec_ and base64')
  .refine(
    (text) => isSecretLength(Buffer.from(text.slice('whsec_'.length), 'base64').length),
    'must contain 24 to 64 bytes',
  );

const isSecretLength = (bytes: number): boolean => bytes >= 24 && bytes <= 64;
const webhookUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).max(2048);

const shape = {
  channels: channels.default(['inbox']).describe('Channels of notifications without a channel of their own.'),
  kinds: z
    .record(notificationKind, channels)
    .refine((kinds) => Object.keys(kinds).length <= 100, 'must name at most 100 kinds')
    .default({})
    .describe('Allowed channels, by kind of notification. [] mutes the kind.'),
  email: z.email().max(320).optional().describe("E-mail address. Default: the user's own."),
};

/** Body of PUT: replaces all preferences. A webhook without a `secret` keeps its secret, or gets a new one. */
export const putNotificationPreferences = z.strictObject({
  ...shape,
  webhook: z.strictObject({ url: webhookUrl, secret: webhookSecret.optional() }).optional(),
});
export type PutNotificationPreferences = z.infer<typeof putNotificationPreferences>;

/** Only the answer to the PUT contains `webhook.secret`. */
export const notificationPreferences = z.object({
  ...shape,
  webhook: z.object({ url: z.string(), secret: z.string().optional() }).optional(),
});
export type NotificationPreferences = z.infer<typeof notificationPreferences>;

/**
 * Returns the channels of a notification: those of its kind in the preferences, else the requested channel, else the
 * user's default channels.
 */
export function channelsFor(
  { channels: usual, kinds }: Pick<NotificationPreferences, 'channels' | 'kinds'>,
  kind: string,
  requested?: NotificationChannel,
): NotificationChannel[] {
  const allowed = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  const wanted = requested ? [requested] : (allowed ?? usual);
  return [...new Set(wanted.filter((channel) => allowed?.includes(channel) ?? true))];
}
