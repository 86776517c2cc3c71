import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Client } from '@slipstream/e2e/client';
import { startService, type ServiceProcess } from '@slipstream/e2e/process';
import { storesEnv } from '@slipstream/e2e/system';
import { PrivateRabbitmq } from './private-rabbitmq.mjs';

const CHATS = 20;
const MESSAGES_OF_EACH = 5;
const PATIENCE = { timeout: 90_000, interval: 200 };

let rabbitmq: PrivateRabbitmq;
let env: NodeJS.ProcessEnv;
const running: ServiceProcess[] = [];

beforeEach(async () => {
  rabbitmq = new PrivateRabbitmq();
  await rabbitmq.start();
  env = { ...storesEnv(), RABBITMQ_URL: rabbitmq.url };
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop('SIGKILL')));
  await rabbitmq.stop();
});

async function start(name: string): Promise<ServiceProcess> {
  const service = await startService(name, env);
  running.push(service);
  await vi.waitFor(async () => expect(await (await fetch(`${service.managementUrl}/health/ready`)).json()).toMatchObject({ status: 'ok' }), PATIENCE);
  return service;
}

interface Answer {
  role: string;
  state: string;
}

it('100 chat messages while the broker is killed, its queue deleted and a worker killed: each is answered, once', async () => {
  const [gateway, worker] = await Promise.all([start('gateway'), start('chat-worker'), start('chat-worker')]);
  const client = new Client(gateway.url);
  const chats = await Promise.all(Array.from({ length: CHATS }, () => client.chat()));
  const post = () => Promise.all(chats.map(({ chatId }) => client.post(chatId, 'hello', 'demo-echo')));

  const accepted = await post();
  accepted.push(...(await post()));
  await rabbitmq.kill();
  accepted.push(...(await post()));
  await rabbitmq.start();
  accepted.push(...(await post()));
  await vi.waitFor(() => rabbitmq.control('delete_queue', 'chat_queue'), PATIENCE);
  await worker.stop('SIGKILL');
  accepted.push(...(await post()));

  expect(accepted).toHaveLength(CHATS * MESSAGES_OF_EACH);
  await vi.waitFor(async () => {
    const states = await Promise.all(accepted.map(async ({ jobId }) => (await client.call<{ state: string }>('GET', `/jobs/${jobId}`)).json.state));
    expect(states.filter((state) => state !== 'succeeded')).toEqual([]);
  }, PATIENCE);
  for (const { chatId } of chats) {
    const { items } = (await client.call<{ items: Answer[] }>('GET', `/chats/${chatId}/messages?limit=100`)).json;
    expect(items.map(({ role }) => role)).toEqual(Array.from({ length: MESSAGES_OF_EACH }, () => ['user', 'assistant']).flat());
    expect(new Set(items.filter(({ role }) => role === 'assistant').map(({ state }) => state))).toEqual(new Set(['complete']));
  }
});
