import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { MailServer, Receiver, certificateFor, type Certificate } from '@slipstream/notifications/testing';
import { Client } from './client.js';
import { startStandalone, untilReady, type System } from './system.js';

const ADDRESS = 'ada@example.org';

interface Delivery {
  channel: string;
  state: string;
  attempts: { outcome: string; code?: string }[];
}

let folder: string;
let authorityFile: string;
let certificate: Certificate;
let receiver: Receiver;
let system: System;
const mailServers: MailServer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notifications-tls-'));
  certificate = await certificateFor('127.0.0.1');
  authorityFile = join(folder, 'authority.pem');
  await writeFile(authorityFile, certificate.cert);
  receiver = await Receiver.start({ certificate });
});
afterEach(async () => {
  await system.stop();
  mailServers.splice(0).forEach((server) => server.close());
});
afterAll(async () => {
  receiver.close();
  await rm(folder, { recursive: true });
});

/** Everything in one process, which mails over this server. */
async function start(mail: MailServer, env: NodeJS.ProcessEnv): Promise<Client> {
  mailServers.push(mail);
  const notifications = {
    retryBaseMs: 50,
    sweepIntervalMs: 100,
    maxAttempts: 2,
    webhook: { allowedAddresses: ['127.0.0.1'] },
    email: { url: mail.url, from: 'Slipstream <slipstream@example.org>' },
  };
  const SLIPSTREAM_CONFIG = join(folder, 'slipstream.yaml');
  await writeFile(SLIPSTREAM_CONFIG, JSON.stringify({ notifications }));
  system = await startStandalone({ SLIPSTREAM_CONFIG, ...env });
  await untilReady(system);
  return new Client(system.gateways[0]!.url);
}

/** The log of a notification by webhook and by mail, once both have come to an end. */
async function deliveries(client: Client): Promise<Delivery[]> {
  const { id: userId } = await client.make<{ id: string }>('/users', { name: 'Ada', email: ADDRESS });
  await client.call('PUT', `/users/${userId}/notification-preferences`, {
    channels: ['webhook', 'email'],
    webhook: { url: receiver.urlOf(`/${userId}`) },
  });
  const { json } = await client.call<{ notificationId: string }>('POST', '/notifications', {
    userId,
    data: { title: 'Hello', text: 'There you are.' },
  });
  return vi.waitFor(
    async () => {
      const { json: log } = await client.call<{ deliveries: Delivery[] }>(
        'GET',
        `/notifications/${json.notificationId}`,
      );
      expect(log.deliveries.map(({ state }) => state === 'pending')).toEqual([false, false]);
      return log.deliveries.toSorted((a, b) => a.channel.localeCompare(b.channel));
    },
    { timeout: 20_000, interval: 50 },
  );
}

const refusedTwice = (code: string) => [
  { outcome: 'retry', code },
  { outcome: 'failed', code },
];

describe.each([
  ['TLS from the start', { secure: true }],
  ['STARTTLS', { disabledCommands: [] }],
])('notifications to an https webhook and over %s', (_, options) => {
  const startMail = () => MailServer.start({ ...options, ...certificate });

  it('reach receivers whose authority NODE_EXTRA_CA_CERTS names', async () => {
    const mail = await startMail();
    expect(await deliveries(await start(mail, { NODE_EXTRA_CA_CERTS: authorityFile }))).toMatchObject([
      { channel: 'email', state: 'delivered', attempts: [{ outcome: 'delivered' }] },
      { channel: 'webhook', state: 'delivered', attempts: [{ outcome: 'delivered' }] },
    ]);
    expect(mail.mails).toHaveLength(1);
  });

  it('reach no others; the log says why', async () => {
    const mail = await startMail();
    const before = receiver.received.length;
    expect(await deliveries(await start(mail, {}))).toMatchObject([
      { channel: 'email', state: 'failed', attempts: refusedTwice('smtp_certificate_refused') },
      { channel: 'webhook', state: 'failed', attempts: refusedTwice('webhook_certificate_refused') },
    ]);
    expect([mail.tries(ADDRESS), receiver.received.length]).toEqual([0, before]);
  });
});
