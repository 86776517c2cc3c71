import type { LookupFunction } from 'node:net';
import { retryAfterSeconds } from '@slipstream/http';
import type { Channel, Notice, Recipient } from '../channel.port.js';
import { isCertificateRefusal } from '../certificate-refusal.js';
import { DeliveryError } from '../delivery-error.js';
import { AddressPolicy } from './address-policy.js';
import type { Answer } from './post.js';
import { signedHeaders } from './signature.js';

export interface WebhookOptions {
  /** Time limit from the first look-up to the end of the answer. Default 10 000. */
  timeoutMs?: number;
  /** Addresses and CIDR blocks besides public ones. Default: none. */
  allowedAddresses?: readonly string[];
  /** Look-up of names. Default: with a deadline, on no thread. */
  lookup?: LookupFunction;
}

const RETRYABLE = new Set([408, 429]);

/**
 * Posts notices with the signature of Standard Webhooks. Redirects are not followed: each delivery goes to the URL in
 * the user's preferences, on its own connection.
 */
export class WebhookChannel implements Channel {
  private readonly policy: AddressPolicy;
  private readonly timeoutMs: number;

  constructor(private readonly options: WebhookOptions = {}) {
    this.policy = new AddressPolicy(options.allowedAddresses ?? []);
    this.timeoutMs = options.timeoutMs ?? 10_000;
  }

  async deliver(notice: Notice, { webhook }: Recipient): Promise<void> {
    if (!webhook)
      throw new DeliveryError('webhook_missing', 'The user has no webhook in the notification preferences.');
    const { status, headers } = await this.post(new URL(webhook.url), notice, webhook.secret);
    if (status >= 200 && status < 300) return;
    throw new DeliveryError('webhook_status', `The webhook answered with ${status}.`, {
      status,
      isRetryable: status >= 500 || RETRYABLE.has(status),
      retryAfterSeconds: retryAfterSeconds(headers['retry-after']?.toString(), new Date()),
    });
  }

  private async post(url: URL, notice: Notice, secret: string): Promise<Answer> {
    const body = JSON.stringify(payloadOf(notice));
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Slipstream',
      ...signedHeaders(notice.id, body, secret, new Date()),
    };
    const signal = AbortSignal.timeout(this.timeoutMs);
    try {
      const { post } = await import('./post.js'); // loads an HTTP client, which most processes never need
      const connect = { policy: this.policy, timeoutMs: this.timeoutMs, lookup: this.options.lookup };
      return await post(url, { headers, body, signal }, connect);
    } catch (error) {
      throw failureOf(error, signal.aborted);
    }
  }
}

/** The payload's structure that Standard Webhooks recommends. */
const payloadOf = ({ id, userId, kind, title, text, url, createdAt }: Notice) => ({
  type: kind,
  timestamp: createdAt.toISOString(),
  data: { id, userId, title, text, ...(url && { url }) },
});

function failureOf(error: unknown, isLate: boolean): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (isLate)
    return new DeliveryError('webhook_timeout', 'The webhook did not answer in time.', {
      cause: error,
    });
  if (isCertificateRefusal(error))
    return new DeliveryError(
      'webhook_certificate_refused',
      "The webhook's certificate is not trusted, has expired, or is for another host.",
      { cause: error },
    );
  return new DeliveryError('webhook_unreachable', 'The webhook is unreachable.', {
    cause: error,
  });
}
