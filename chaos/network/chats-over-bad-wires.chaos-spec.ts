import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Client } from '@slipstream/e2e/client';
import type { ServiceProcess } from '@slipstream/e2e/process';
import { storesEnv } from '@slipstream/e2e/system';
import { AskedChats } from '../system/asked-chats.js';
import { RunningServices } from '../system/running-services.js';
import { BadWires, DOWN, READY_WITHIN_MS, SILENT, SLOW, type Harm, type Wire } from './bad-wires.js';

const CHATS = 20;
const DEADLINE = { timeout: 60_000, interval: 50 };

const services = new RunningServices();
let wires: BadWires;

beforeEach(async () => void (wires = await BadWires.start()), READY_WITHIN_MS);

afterEach(async () => {
  await services.kill();
  await wires.stop();
});

interface Wired {
  service: ServiceProcess;
  wire: Wire;
}

async function start(name: string, wireName: string, env: NodeJS.ProcessEnv): Promise<Wired> {
  const wire = await wires.add(wireName);
  return { wire, service: await services.start(name, { ...env, RABBITMQ_URL: wire.url }) };
}

const lossesOf = ({ service }: Wired) => service.logs.filter(({ msg }) => msg === 'waiting for RabbitMQ').length;

/** Does this while the wires are harmed, until each service has noticed that it lost its connection. */
async function whileCut(wired: readonly Wired[], harm: Harm, act: () => Promise<void>): Promise<void> {
  const before = wired.map(lossesOf);
  await Promise.all(wired.map(({ wire }) => wire.harm(harm)));
  await act();
  await vi.waitFor(() => expect(wired.filter((each, index) => lossesOf(each) === before[index])).toEqual([]), DEADLINE);
  await Promise.all(wired.map(({ wire }) => wire.heal()));
}

it('chats over slow, cut and silent links to the broker: each is answered once, and generated once', async () => {
  const env = storesEnv();
  const all = await Promise.all([
    start('gateway', 'gateway', env),
    start('chat-worker', 'one', env),
    start('chat-worker', 'two', env),
  ]);
  const [gateway, worker] = all;
  const client = new Client(gateway.service.url);
  const chats = await AskedChats.begin(client, CHATS);

  for (const harm of SLOW) {
    await Promise.all(all.map(({ wire }) => wire.harm(harm)));
    await chats.ask(`over wires with ${harm.name}`);
    await chats.untilSucceeded();
    await Promise.all(all.map(({ wire }) => wire.heal()));
  }
  await whileCut([gateway], DOWN, () => chats.ask('while the gateway is cut off'));
  await whileCut([worker], DOWN, () => chats.ask('while a worker is cut off'));
  await whileCut(all, SILENT, () => chats.ask('while nobody hears the broker'));
  await chats.ask('when all is well again');

  await chats.untilSucceeded();
  await chats.expectAnsweredOnce();
  const attempts = await Promise.all(
    chats.jobIds.map(async (jobId) => (await client.call<{ attempts: number }>('GET', `/jobs/${jobId}`)).json.attempts),
  );
  expect(new Set(attempts)).toEqual(new Set([1]));
});
