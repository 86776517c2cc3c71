import type { MailAnswer, PlainAnswer } from '@slipstream/notifications/testing';

/** Seconds that a receiver which is asked too often wants to be left alone. */
export const RETRY_AFTER_SECONDS = 3;

/** How somebody's receiver answers to its n-th request (from 1), and what the delivery log must say in the end. */
export type Outage = { name: string; end: { state: 'delivered' | 'failed'; attempt: object } } & (
  { channel: 'webhook'; answer: (n: number) => PlainAnswer } | { channel: 'email'; answer: (n: number) => MailAnswer }
);

const DELIVERED: Outage['end'] = { state: 'delivered', attempt: { outcome: 'delivered' } };
const failedBy = (reason: object): Outage['end'] => ({ state: 'failed', attempt: { outcome: 'failed', ...reason } });

const TAKEN = { status: 204 };
const TOO_OFTEN = { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };

export const OUTAGES: readonly Outage[] = [
  { name: 'fails-twice', channel: 'webhook', answer: (n) => (n <= 2 ? { status: 500 } : TAKEN), end: DELIVERED },
  {
    name: 'fails',
    channel: 'webhook',
    answer: () => ({ status: 500 }),
    end: failedBy({ code: 'webhook_status', status: 500 }),
  },
  { name: 'hangs-once', channel: 'webhook', answer: (n) => (n === 1 ? 'hang' : TAKEN), end: DELIVERED },
  { name: 'hangs', channel: 'webhook', answer: () => 'hang', end: failedBy({ code: 'webhook_timeout' }) },
  { name: 'asked-too-often', channel: 'webhook', answer: (n) => (n === 1 ? TOO_OFTEN : TAKEN), end: DELIVERED },
  {
    name: 'wants-none',
    channel: 'webhook',
    answer: () => ({ status: 400 }),
    end: failedBy({ code: 'webhook_status', status: 400 }),
  },
  { name: 'fails-twice', channel: 'email', answer: (n) => (n <= 2 ? 451 : 'take'), end: DELIVERED },
  { name: 'fails', channel: 'email', answer: () => 451, end: failedBy({ code: 'smtp_rejected', status: 451 }) },
  { name: 'hangs-once', channel: 'email', answer: (n) => (n === 1 ? 'hang' : 'take'), end: DELIVERED },
  { name: 'hangs', channel: 'email', answer: () => 'hang', end: failedBy({ code: 'smtp_timeout' }) },
  { name: 'wants-none', channel: 'email', answer: () => 550, end: failedBy({ code: 'smtp_rejected', status: 550 }) },
];
