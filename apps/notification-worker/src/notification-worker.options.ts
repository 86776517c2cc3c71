import type { Config } from '@slipstream/config';
import type { DeliveryOptions, EmailOptions, Template, WebhookOptions } from '@slipstream/notifications';

/** Time that a worker needs in addition to the slowest receiver, for the database. */
const LEASE_MARGIN_MS = 10_000;

/** @returns undefined if no mail server is configured */
export const emailOptions = ({ notifications: { email } }: Config): EmailOptions | undefined =>
  email && { url: email.url, from: email.from, timeoutMs: email.timeoutMs };

export const webhookOptions = ({
  notifications: { webhook },
}: Config): Pick<WebhookOptions, 'timeoutMs' | 'allowedAddresses'> => ({
  timeoutMs: webhook.timeoutMs,
  allowedAddresses: webhook.allowedAddresses,
});

export const deliveryOptions = ({ notifications }: Config): DeliveryOptions => ({
  maxAttempts: notifications.maxAttempts,
  retryBaseMs: notifications.retryBaseMs,
  leaseMs: Math.max(notifications.webhook.timeoutMs, notifications.email?.timeoutMs ?? 0) + LEASE_MARGIN_MS,
});

/** By kind. */
export const templatesOf = ({ notifications }: Config): Record<string, Template> =>
  Object.fromEntries(
    Object.entries(notifications.templates).map(([kind, { title, text, html }]) => [kind, { title, text, html }]),
  );

/** Deliveries at a time. */
export const concurrencyOf = ({ notifications }: Config): number => notifications.concurrency;

export const sweepIntervalMs = ({ notifications }: Config): number => notifications.sweepIntervalMs;
