import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { SMTPServerOptions } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Channel } from './channel.port.js';
import { EmailChannel } from './email/email.channel.js';
import { certificateFor, type Certificate } from './testing/certificate.js';
import { MailServer } from './testing/mail-server.js';
import { notice } from './testing/notice.js';
import { Receiver } from './testing/receiver.js';
import { newWebhookSecret } from './webhook/signature.js';
import { WebhookChannel } from './webhook/webhook.channel.js';

const CERTIFICATES = ['trusted', 'unknown', 'expired', 'of another'] as const;
const REFUSED = CERTIFICATES.slice(1);
const systemOnes = getCACertificates();
const open: { close(): unknown }[] = [];
let certificates: Record<(typeof CERTIFICATES)[number], Certificate>;

beforeAll(async () => {
  const here = '127.0.0.1';
  const [trusted, unknown, expired, another] = await Promise.all([
    certificateFor(here),
    certificateFor(here),
    certificateFor(here, { expired: true }),
    certificateFor('127.0.0.2'),
  ]);
  certificates = { trusted, unknown, expired, 'of another': another };
  // As NODE_EXTRA_CA_CERTS does it when a process starts.
  setDefaultCACertificates([...systemOnes, trusted.cert, expired.cert, another.cert]);
});
afterEach(async () => void (await Promise.all(open.splice(0).map((each) => each.close()))));
afterAll(() => setDefaultCACertificates(systemOnes));

/** What became of a delivery: taken, or the code of its failure and whether it is tried again. */
async function outcomeOf(channel: Channel, to: Parameters<Channel['deliver']>[1]) {
  return channel.deliver(notice(), to).then(
    () => 'taken',
    ({ code, isRetryable }: { code: string; isRetryable: boolean }) => ({ code, isRetryable }),
  );
}

describe('a webhook over TLS', () => {
  const deliverTo = async (name: (typeof CERTIFICATES)[number]) => {
    const receiver = await Receiver.start({ certificate: certificates[name] });
    open.push(receiver);
    const webhook = { url: receiver.url, secret: newWebhookSecret() };
    return { receiver, outcome: await outcomeOf(new WebhookChannel({ allowedAddresses: ['127.0.0.1'] }), { webhook }) };
  };

  it('goes to one whose certificate is trusted', async () => {
    const { receiver, outcome } = await deliverTo('trusted');
    expect([outcome, receiver.received.length]).toEqual(['taken', 1]);
  });

  it.each(REFUSED)('goes to none whose certificate is %s, and says so', async (name) => {
    const { receiver, outcome } = await deliverTo(name);
    expect(outcome).toEqual({ code: 'webhook_certificate_refused', isRetryable: true });
    expect(receiver.received).toEqual([]);
  });
});

describe.each<[string, SMTPServerOptions]>([
  ['TLS from the start', { secure: true }],
  ['STARTTLS', { disabledCommands: [] }],
])('mail with %s', (_, options) => {
  const deliverTo = async (name: (typeof CERTIFICATES)[number]) => {
    const secured: boolean[] = [];
    const server = await MailServer.start({
      ...options,
      ...certificates[name],
      onMailFrom: (__, session, callback) => {
        secured.push(session.secure);
        callback();
      },
    });
    open.push(server);
    return {
      server,
      secured,
      outcome: await outcomeOf(new EmailChannel({ url: server.url, from: 'slipstream@example.org' }), {
        email: 'ada@example.org',
      }),
    };
  };

  it('goes to a server whose certificate is trusted', async () => {
    const { server, secured, outcome } = await deliverTo('trusted');
    expect([outcome, server.mails.length, secured]).toEqual(['taken', 1, [true]]);
  });

  it.each(REFUSED)('goes to none whose certificate is %s, and says so', async (name) => {
    const { secured, outcome } = await deliverTo(name);
    expect(outcome).toEqual({ code: 'smtp_certificate_refused', isRetryable: true });
    expect(secured).toEqual([]);
  });
});
