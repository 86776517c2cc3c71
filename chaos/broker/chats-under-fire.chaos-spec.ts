import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Client } from '@slipstream/e2e/client';
import { storesEnv } from '@slipstream/e2e/system';
import { expectAnsweredOnce, untilSucceeded } from '../system/chat-effects.js';
import { RunningServices } from '../system/running-services.js';
import { PrivateRabbitmq } from './private-rabbitmq.mjs';

const CHATS = 20;
const PATIENCE = { timeout: 90_000, interval: 200 };

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

it('100 chat messages while the broker is killed, its queue deleted and a worker killed: each is answered, once', async () => {
  const [gateway, worker] = await Promise.all([services.start('gateway', env), services.start('chat-worker', env), services.start('chat-worker', env)]);
  const client = new Client(gateway.url);
  const chats = await Promise.all(Array.from({ length: CHATS }, () => client.chat()));
  const jobIds: string[] = [];
  const questions: string[] = [];
  const ask = async (question: string) => {
    questions.push(question);
    jobIds.push(...(await Promise.all(chats.map(async ({ chatId }) => (await client.post(chatId, question, 'demo-echo')).jobId))));
  };

  await ask('before');
  await ask('and again');
  await rabbitmq.kill();
  await ask('while the broker is dead');
  await rabbitmq.start();
  await ask('once it is back');
  await vi.waitFor(() => rabbitmq.control('delete_queue', 'chat_queue'), PATIENCE);
  await worker.stop('SIGKILL');
  await ask('after a worker died');

  expect(jobIds).toHaveLength(CHATS * 5);
  await untilSucceeded(client, jobIds);
  for (const { chatId } of chats) await expectAnsweredOnce(client, chatId, questions);
});
