import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Client, isFinal } from '@slipstream/e2e/client';
import { Link } from '@slipstream/e2e/link';
import type { ServiceProcess } from '@slipstream/e2e/process';
import { storesEnv } from '@slipstream/e2e/system';
import { RunningServices } from '../system/running-services.js';

const SUBSCRIBERS = 30;
/** 100 pieces of text, one every 100 ms. */
const SLOW = 'demo-slow';
/** A process that waits for its streams waits this long, which no test does. */
const GRACE_MS = 600_000;

const services = new RunningServices();
let redis: Link | undefined;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipstream-removal-'));
  await writeFile(join(folder, 'slipstream.yaml'), `shutdown: { graceMs: ${GRACE_MS} }\n`);
});
afterAll(() => rm(folder, { recursive: true }));

afterEach(async () => {
  await services.kill();
  redis?.close();
});

interface Deployment {
  gateways: [ServiceProcess, ServiceProcess];
  worker: ServiceProcess;
  redis: Link;
}

/** Two gateways and a worker, whose Redis can be cut off. */
async function deployed(): Promise<Deployment> {
  const env = storesEnv();
  redis = await Link.to(env.REDIS_URL, 6379);
  const through = { ...env, REDIS_URL: redis.url, SLIPSTREAM_CONFIG: join(folder, 'slipstream.yaml') };
  const [first, second, worker] = await Promise.all([
    services.start('gateway', through),
    services.start('gateway', through),
    services.start('chat-worker', through),
  ]);
  return { gateways: [first, second], worker, redis };
}

/** Type of the last event; `cut`, should the connection break before it. */
async function lastTypeOf(client: Client, eventsUrl: string, onBegun: () => void): Promise<string> {
  let seen = 0;
  try {
    for await (const event of client.events(eventsUrl)) {
      if ((seen += 1) === 3) onBegun();
      if (isFinal(event)) return event.type;
    }
    return 'ended without a final event';
  } catch {
    return 'cut';
  }
}

/** A job with many subscribers at both gateways, each of which has begun to read. */
async function subscribed({ gateways }: Deployment) {
  const clients = gateways.map(({ url }) => new Client(url));
  const { userId, chatId } = await clients[0]!.chat();
  const { eventsUrl, jobId } = await clients[0]!.post(chatId, 'tell me', SLOW);
  const begun = Promise.withResolvers<void>();
  let count = 0;
  const ends = Array.from({ length: SUBSCRIBERS }, (_, index) =>
    lastTypeOf(clients[index % 2]!, eventsUrl, () => void ((count += 1) === SUBSCRIBERS && begun.resolve())),
  );
  await begun.promise;
  return { clients, userId, chatId, jobId, ends };
}

interface Ids {
  userId: string;
  chatId: string;
}

const chatPath = ({ chatId }: Ids): string => `/chats/${chatId}`;
const userPath = ({ userId }: Ids): string => `/users/${userId}`;

const faults: [string, (deployment: Deployment) => unknown][] = [
  ['everything runs', () => undefined],
  ['its worker is killed', ({ worker }) => worker.child.kill('SIGKILL')],
  ['Redis is away', ({ redis: link }) => link.cut()],
  ['Redis is away and its worker is killed', ({ worker, redis: link }) => [link.cut(), worker.child.kill('SIGKILL')]],
];

const cases = [
  ...faults.map(([fault, strike]) => ({ what: 'a chat', pathOf: chatPath, fault, strike })),
  { what: 'a user', pathOf: userPath, fault: faults[0]![0], strike: faults[0]![1] },
];

it.each(cases)(
  '$what is removed during a job with subscribers, and $fault: each gets a final event, and SIGTERM does not wait',
  async ({ pathOf, strike }) => {
    const deployment = await deployed();
    const { clients, ends, jobId, ...ids } = await subscribed(deployment);
    strike(deployment);
    expect((await clients[0]!.call('DELETE', pathOf(ids))).status).toBe(204);
    expect(await Promise.all(ends)).toEqual(ends.map(() => 'cancelled'));
    await vi.waitFor(async () => expect((await clients[1]!.call('GET', `/jobs/${jobId}`)).status).toBe(404), {
      timeout: 30_000,
    });
    expect(await Promise.all(deployment.gateways.map((gateway) => gateway.stop('SIGTERM')))).toEqual([0, 0]);
  },
);

it(
  'a gateway is killed as it removes the chat of a running job: subscribers of the other get a ' + 'final event',
  async () => {
    const deployment = await deployed();
    const { clients, chatId, ends } = await subscribed(deployment);
    const removal = clients[0]!.call('DELETE', `/chats/${chatId}`).catch(() => undefined);
    deployment.gateways[0].child.kill('SIGKILL');
    await removal;
    // Whether the removal had begun is chance; the app repeats a call that got no response.
    await clients[1]!.call('DELETE', `/chats/${chatId}`);
    const atOther = (await Promise.all(ends)).filter((_, index) => index % 2 === 1);
    expect(atOther).toEqual(atOther.map(() => 'cancelled'));
  },
);
