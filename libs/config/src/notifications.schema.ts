import { z } from 'zod';
import { id, notificationKind } from '@slipstream/contracts';
import { addressOrBlock } from './listen.schema.js';
import { between, count, milliseconds } from './numbers.js';
import { secret } from './secret.js';
import { secretHash, secretId } from './secrets.schema.js';

const webhook = z.strictObject({
  timeoutMs: milliseconds
    .max(30_000)
    .default(10_000)
    .describe('Time limit for one delivery, from the name look-up to the end of the answer.'),
  allowedAddresses: z
    .array(addressOrBlock)
    .max(1000)
    .default([])
    .describe(
      'Private and special addresses and CIDR blocks that webhooks may reach. All others of these are refused ' +
        'when the socket connects. Public addresses are always allowed.',
    ),
});

const email = z.strictObject({
  url: secret(
    z
      .string()
      .refine(
        (text) => URL.canParse(text) && /^smtps?:\/\//i.test(text),
        'must be a URL that begins with smtp:// or smtps://',
      ),
  ).describe(
    'URL of the mail server: smtp://user:password@host:587 (STARTTLS if the server offers it) or smtps://host:465.',
  ),
  from: z
    .string()
    .min(3)
    .max(320)
    .regex(/^[^\r\n@]*@[^\r\n]*$/, 'must be an address, or Name <address>')
    .describe('Sender address.'),
  timeoutMs: milliseconds.max(30_000).default(20_000).describe('Time limit for one mail.'),
});

const template = z.strictObject({
  title: z.string().min(1).max(1000).describe('One line, also the subject of a mail. {{name}} is replaced by a value.'),
  text: z
    .string()
    .min(1)
    .max(50_000)
    .describe('Text for inbox, webhook and mail, of one or more lines. {{name}} is replaced by a value.'),
  html: z.string().max(100_000).optional().describe('HTML for mails. Values are escaped. Default: made from text.'),
});

const hook = z.strictObject({
  id: secretId.describe('Name of the hook in logs.'),
  hash: secretHash.describe("Hash of the secret at the end of the hook's URL: sha256:…, as printed by npm run key."),
  recipients: z
    .array(id)
    .min(1)
    .max(1000)
    .describe("Ids of the users to notify. Each user's preferences select the channels."),
});

/** Settings of notifications and their channels. */
export const notificationsSchema = z.strictObject({
  concurrency: count.default(16).describe('Number of deliveries that one worker runs at a time.'),
  maxAttempts: count.max(50).default(8).describe('Largest number of attempts per delivery.'),
  maxOpen: count
    .default(10_000)
    .describe('Largest number of notifications that wait for dispatch. Further ones get 503 with Retry-After.'),
  retryBaseMs: milliseconds
    .default(5000)
    .describe('Delay before the second attempt. Each further delay is three times as long, at most an hour.'),
  sweepIntervalMs: milliseconds
    .default(1000)
    .describe('Interval at which the worker looks for due retries and overdue notifications.'),
  inboxRetentionDays: between(1, 3_650)
    .default(90)
    .describe('Time for which an inbox keeps a notification after the next one arrived. The newest one stays.'),
  webhook: webhook.prefault({}),
  email: email.optional().describe('Mail server. If it is not set, e-mail deliveries fail.'),
  templates: z.record(notificationKind, template).default({}).describe('Templates of your own notifications, by kind.'),
  openWebuiHooks: z
    .array(hook)
    .max(100)
    .default([])
    .describe("Receivers of Open WebUI's WEBHOOK_URL: /slipstream/v1/hooks/open-webui/{secret}."),
});
