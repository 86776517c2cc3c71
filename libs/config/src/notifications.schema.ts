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
    .describe('For one delivery, from the look-up of the name to the end of the answer.'),
  allowedAddresses: z
    .array(addressOrBlock)
    .max(1000)
    .default([])
    .describe(
      'Addresses and CIDR blocks that webhooks may reach beside public ones. Private and special addresses are refused when the socket connects.',
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
  ).describe('smtp://user:password@host:587 (STARTTLS when the server has it) or smtps://host:465.'),
  from: z
    .string()
    .min(3)
    .max(320)
    .regex(/^[^\r\n@]*@[^\r\n]*$/, 'must be an address, or Name <address>')
    .describe('Sender of the mails.'),
  timeoutMs: milliseconds.max(30_000).default(20_000).describe('For one mail.'),
});

const template = z.strictObject({
  title: z.string().min(1).max(1000).describe('One line; the subject of a mail. {{name}} is the place of a value.'),
  text: z
    .string()
    .min(1)
    .max(50_000)
    .describe('Several lines, of the inbox, the webhook and the mail; {{name}} as in the title.'),
  html: z
    .string()
    .max(100_000)
    .optional()
    .describe('The text as HTML, for mails; values are escaped. Default: made of text.'),
});

const hook = z.strictObject({
  id: secretId.describe('Name of the hook in logs.'),
  hash: secretHash.describe('Hash of the secret that its URL ends in, sha256:…, as npm run key prints it.'),
  recipients: z
    .array(id)
    .min(1)
    .max(1000)
    .describe('Ids of the people who are notified, each as their preferences say.'),
});

/** How people are notified. */
export const notificationsSchema = z.strictObject({
  concurrency: count.default(16).describe('Deliveries that one worker has under way.'),
  maxAttempts: count.max(50).default(8).describe('A delivery is tried at most this often.'),
  maxOpen: count
    .default(10_000)
    .describe('While so many notifications wait for their dispatch, more are refused with 503 and Retry-After.'),
  retryBaseMs: milliseconds
    .default(5000)
    .describe('Pause before the second try; three times as long with each, up to an hour.'),
  sweepIntervalMs: milliseconds
    .default(1000)
    .describe('How often due retries, and whatever was forgotten, are looked for.'),
  inboxRetentionDays: between(1, 3_650)
    .default(90)
    .describe("How long an inbox keeps a notification after the next one has come; a person's newest stays."),
  webhook: webhook.prefault({}),
  email: email.optional().describe('Mail server. Without it, e-mail deliveries fail.'),
  templates: z.record(notificationKind, template).default({}).describe('By kind: how your own notifications read.'),
  openWebuiHooks: z
    .array(hook)
    .max(100)
    .default([])
    .describe("Where Open WebUI's WEBHOOK_URL may point: /slipstream/v1/hooks/open-webui/{secret}."),
});
