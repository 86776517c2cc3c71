import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Client } from '@slipstream/e2e/client';
import { storesEnv } from '@slipstream/e2e/system';
import { AskedChats } from '../system/asked-chats.js';
import { RunningServices } from '../system/running-services.js';
import { PrivateRabbitmq } from './private-rabbitmq.mjs';

const CHATS = 20;
const DEADLINE = { timeout: 90_000, interval: 200 };

const services = new RunningServices();
let rabbitmq: PrivateRabbitmq;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  rabbitmq = new PrivateRabbitmq();
  await rabbitmq.start();
  env = { ...storesEnv(), RABBITMQ_URL: rabbitmq.url };
});

afterEach(async () => {
  await services.kill();
  await rabbitmq.stop();
});

it('100 chat messages while broker, queue and a worker are killed: each is answered once', async () => {
  const [gateway, worker] = await Promise.all([
    services.start('gateway', env),
    services.start('chat-worker', env),
    services.start('chat-worker', env),
  ]);
  const chats = await AskedChats.begin(new Client(gateway.url), CHATS);

  await chats.ask('before');
  await chats.ask('and again');
  await rabbitmq.kill();
  await chats.ask('while the broker is dead');
  await rabbitmq.start();
  await chats.ask('once it is back');
  await vi.waitFor(() => rabbitmq.control('delete_queue', 'chat_queue'), DEADLINE);
  await worker.stop('SIGKILL');
  await chats.ask('after a worker died');

  expect(chats.jobIds).toHaveLength(CHATS * 5);
  await chats.untilSucceeded();
  await chats.expectAnsweredOnce();
});
