import { z } from 'zod';
import { notificationChannel, notificationKind, type NotificationChannel } from './notifications.js';

const channels = z.array(notificationChannel).max(3);

/** Symmetric secret of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'must be whsec_ and base64')
  .refine(
    (text) => isSecretLength(Buffer.from(text.slice('whsec_'.length), 'base64').length),
    'must hold 24 to 64 bytes',
  );

const isSecretLength = (bytes: number): boolean => bytes >= 24 && bytes <= 64;
const webhookUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).max(2048);

const shape = {
  channels: channels.default(['inbox']).describe('Where notifications go that ask for no channel.'),
  kinds: z
    .record(notificationKind, channels)
    .refine((kinds) => Object.keys(kinds).length <= 100, 'must name at most 100 kinds')
    .default({})
    .describe('By kind: the only channels that it may take. [] mutes it.'),
  email: z.email().max(320).optional().describe("Address for e-mail. Default: the person's own."),
};

/** Body of PUT: replaces all. A webhook without a `secret` keeps the one it has, or gets a new one. */
export const putNotificationPreferences = z.strictObject({
  ...shape,
  webhook: z.strictObject({ url: webhookUrl, secret: webhookSecret.optional() }).optional(),
});
export type PutNotificationPreferences = z.infer<typeof putNotificationPreferences>;

/** `webhook.secret` is told in the answer to the PUT only. */
export const notificationPreferences = z.object({
  ...shape,
  webhook: z.object({ url: z.string(), secret: z.string().optional() }).optional(),
});
export type NotificationPreferences = z.infer<typeof notificationPreferences>;

/**
 * On which ways a notification goes. What a person said of its kind is the last word; else the channel that was asked
 * for; else the person's usual ones.
 */
export function channelsFor(
  { channels: usual, kinds }: Pick<NotificationPreferences, 'channels' | 'kinds'>,
  kind: string,
  asked?: NotificationChannel,
): NotificationChannel[] {
  const allowed = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  const wanted = asked ? [asked] : (allowed ?? usual);
  return [...new Set(wanted.filter((channel) => allowed?.includes(channel) ?? true))];
}
