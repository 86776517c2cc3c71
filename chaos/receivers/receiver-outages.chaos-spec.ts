import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Client } from '@slipstream/e2e/client';
import { storesEnv } from '@slipstream/e2e/system';
import { MailServer, Receiver } from '@slipstream/notifications/testing';
import { PrivateRabbitmq } from '../broker/private-rabbitmq.mjs';
import { RunningServices } from '../system/running-services.js';
import { RETRY_AFTER_SECONDS, OUTAGES, type Outage } from './receiver-outages.js';

const USERS_OF_EACH = 4;
const CONCURRENCY = 16;
const MAX_ATTEMPTS = 4;
const DEADLINE = { timeout: 120_000, interval: 100 };

const services = new RunningServices();
let folder: string;
let rabbitmq: PrivateRabbitmq;
let receiver: Receiver;
let mail: MailServer;
let env: NodeJS.ProcessEnv;
/** By address. */
const mailAnswers = new Map<string, Extract<Outage, { channel: 'email' }>['answer']>();

beforeEach(async () => {
  rabbitmq = new PrivateRabbitmq();
  await rabbitmq.start();
  receiver = await Receiver.start();
  mail = await MailServer.start({}, (address, n) => mailAnswers.get(address)!(n));
  folder = await mkdtemp(join(tmpdir(), 'slipstream-chaos-receivers-'));
  const notifications = {
    concurrency: CONCURRENCY,
    maxAttempts: MAX_ATTEMPTS,
    retryBaseMs: 100,
    sweepIntervalMs: 200,
    webhook: { allowedAddresses: ['127.0.0.1'], timeoutMs: 2_000 },
    email: { url: mail.url, timeoutMs: 2_000, from: 'Slipstream <slipstream@example.org>' },
  };
  const SLIPSTREAM_CONFIG = join(folder, 'slipstream.yaml');
  await writeFile(SLIPSTREAM_CONFIG, JSON.stringify({ notifications }));
  env = { ...storesEnv(), RABBITMQ_URL: rabbitmq.url, SLIPSTREAM_CONFIG };
});

afterEach(async () => {
  await services.kill();
  receiver.close();
  mail.close();
  await rabbitmq.stop();
  await rm(folder, { recursive: true });
});

interface Sent {
  outage: Outage;
  notificationId: string;
  /** Requests that its receiver has had. */
  tries(): number;
  /** Those of them that it took. */
  taken(): number;
}

/** Somebody with such a receiver. */
async function newUser(
  client: Client,
  outage: Outage,
  index: number,
): Promise<Pick<Sent, 'tries' | 'taken'> & { userId: string }> {
  const name = `${outage.name}-${index}`;
  const address = `${name}@example.org`;
  const { id: userId } = await client.make<{ id: string }>('/users', { name, email: address });
  const preferences = {
    channels: [outage.channel],
    ...(outage.channel === 'webhook' && { webhook: { url: receiver.urlOf(`/${name}`) } }),
  };
  expect((await client.call('PUT', `/users/${userId}/notification-preferences`, preferences)).status).toBe(200);
  if (outage.channel === 'email') {
    mailAnswers.set(address, outage.answer);
    return {
      userId,
      tries: () => mail.tries(address),
      taken: () => mail.mails.filter(({ to }) => to.includes(address)).length,
    };
  }
  receiver.answer(`/${name}`, outage.answer);
  const statuses = () =>
    receiver
      .at(`/${name}`)
      .map((_, n) => outage.answer(n + 1))
      .filter((answer) => answer !== 'hang' && answer.status < 300);
  return { userId, tries: () => receiver.at(`/${name}`).length, taken: () => statuses().length };
}

async function notify(client: Client, outage: Outage, index: number): Promise<Sent> {
  const { userId, ...counts } = await newUser(client, outage, index);
  const { status, json } = await client.call<{ notificationId: string }>('POST', '/notifications', {
    userId,
    data: { title: 'Hello', text: 'There you are.' },
  });
  expect(status).toBe(202);
  return { outage, notificationId: json.notificationId, ...counts };
}

interface Delivery {
  channel: string;
  state: string;
  attempts: { outcome: string }[];
}

/** The delivery log, once every delivery has come to an end. */
async function settled(client: Client, { notificationId }: Sent): Promise<Delivery[]> {
  return vi.waitFor(async () => {
    const { json } = await client.call<{ state: string; deliveries: Delivery[] }>(
      'GET',
      `/notifications/${notificationId}`,
    );
    expect([json.state, ...json.deliveries.map(({ state }) => state)]).not.toContain('pending');
    expect(json.deliveries).toHaveLength(1);
    return json.deliveries;
  }, DEADLINE);
}

it(
  'receivers that fail, hang and refuse, and a killed worker: each delivery succeeds, or fails ' +
    'with a logged reason',
  async () => {
    const [gateway, worker] = await Promise.all([
      services.start('gateway', env),
      services.start('notification-worker', env),
    ]);
    const client = new Client(gateway.url);
    const people = OUTAGES.flatMap((outage) =>
      Array.from({ length: USERS_OF_EACH }, (_, index) => ({ outage, index })),
    );
    const all = await Promise.all(people.map(({ outage, index }) => notify(client, outage, index)));

    const hasHanging = (channel: string) =>
      all.some(({ outage, tries }) => outage.channel === channel && outage.name.startsWith('hangs') && tries() > 0);
    await vi.waitFor(() => expect([hasHanging('webhook'), hasHanging('email')]).toEqual([true, true]), {
      timeout: 30_000,
      interval: 5,
    });
    await worker.stop('SIGKILL');
    await Promise.all([services.start('notification-worker', env), services.start('notification-worker', env)]);

    let unlogged = 0;
    for (const sent of all) {
      const [delivery] = await settled(client, sent);
      const { outage, tries, taken } = sent;
      expect(delivery).toMatchObject({ channel: outage.channel, state: outage.end.state });
      expect(delivery!.attempts.at(-1)).toMatchObject(outage.end.attempt);
      expect(delivery!.attempts.slice(0, -1).filter(({ outcome }) => outcome !== 'retry')).toEqual([]);
      expect(delivery!.attempts.length).toBeLessThanOrEqual(MAX_ATTEMPTS);
      expect(taken() > 0).toBe(outage.end.state === 'delivered');
      unlogged += tries() - delivery!.attempts.length;
    }
    // What the killed worker had in hand, and nothing else, was tried without a word in the log.
    expect(unlogged).toBeGreaterThanOrEqual(1);
    expect(unlogged).toBeLessThanOrEqual(CONCURRENCY);

    for (let index = 0; index < USERS_OF_EACH; index += 1) {
      const [first, second] = receiver.at(`/asked-too-often-${index}`);
      expect(second!.at - first!.at).toBeGreaterThanOrEqual(RETRY_AFTER_SECONDS * 1_000);
    }
    const ids = all.filter(({ outage }) => outage.channel === 'webhook').map(({ notificationId }) => notificationId);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(ids));
  },
);
