import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ChatsModule, JobStore } from '@slipstream/chats';
import { DatabaseStores } from '@slipstream/mongo';
import { Client } from './client.js';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

const MIB = 1024 * 1024;
const CHATS = 6;
const TURNS = 50;
/** The longest message, of characters with two bytes in memory and three in UTF-8. */
const LARGE = '世'.repeat(200_000);
const SOON = { timeout: 60_000, interval: 200 };

/** Answers when all chats have asked. */
const asked = Promise.withResolvers<void>();
let calls = 0;
const model = createServer((request, response) => {
  if (request.method === 'GET') return void response.end(JSON.stringify({ data: [{ id: 'm' }] }));
  request.resume().on('end', () => {
    if (++calls === CHATS) asked.resolve();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const answer = { choices: [{ delta: { content: 'ok' }, finish_reason: 'stop' }] };
    void asked.promise.then(() => response.end(`data: ${JSON.stringify(answer)}\n\ndata: [DONE]\n\n`));
  });
});

let folder: string;
let system: System;
let client: Client;
let chats: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-chats-'));
  const config = join(folder, 'slipstream.yaml');
  await writeFile(config, JSON.stringify({ memory: { maxBytes: 384 * MIB } }));
  await once(model.listen(0, '127.0.0.1'), 'listening');
  const { port } = model.address() as AddressInfo;
  const env = { ...storesEnv(), SLIPSTREAM_CONFIG: config, LLM_BACKENDS: `http://127.0.0.1:${port}/v1` };
  system = await startSystem(['gateway', 'chat-worker'], env);
  await untilReady(system);
  client = new Client(system.gateways[0]!.url);
  const { id: userId } = await client.make<{ id: string }>('/users', { name: 'Eve' });
  const options = { uri: env.MONGODB_URI, minPoolSize: 1, logger: { info: () => undefined, warn: () => undefined } };
  const stores = await DatabaseStores.open(options, [ChatsModule], false);
  const jobs = stores.get(JobStore);
  await vi.waitFor(() => jobs.countOpen(1), SOON);
  chats = await Promise.all(Array.from({ length: CHATS }, () => filledChat(userId, jobs)));
  await stores.close();
}, 180_000);
afterAll(async () => {
  asked.resolve();
  await system.stop();
  model.close();
  await rm(folder, { recursive: true });
});

/** A chat whose questions are as long as they may be. */
async function filledChat(userId: string, jobs: JobStore): Promise<string> {
  const { id: chatId } = await client.make<{ id: string }>('/chats', { userId, title: 'large' });
  for (let turn = 0; turn < TURNS; turn += 1) {
    const [questionId, answerId] = [randomUUID(), randomUUID()];
    const { _id } = await jobs.create({ id: randomUUID() }, { chatId, userId, questionId, answerId, content: LARGE });
    const claim = await jobs.claim(chatId, 60_000);
    if (claim.outcome !== 'claimed') throw new Error(claim.outcome);
    await jobs.finish(_id, claim.job.fence, { state: 'succeeded', content: 'ok', finalEventId: '1-4' });
  }
  return chatId;
}

const ended = () => system.all.filter(({ child }) => child.exitCode !== null || child.signalCode !== null);

it('a gateway reads the histories of large chats within its memory', async () => {
  const reads = Array.from({ length: 4 }, () => chats).flat();
  const paths = reads.map((id) => `/chats/${id}/messages?limit=100`);
  const answers = await Promise.all(paths.map((path) => client.call<{ items: object[] }>('GET', path)));
  expect(answers.map(({ status, json: { items } }) => [status, items.length])).toEqual(paths.map(() => [200, 6]));
  expect(ended()).toEqual([]);
}, 60_000);

it('a chat-worker answers large chats within its memory', async () => {
  const posted = chats.map((id) => client.call('POST', `/chats/${id}/messages`, { content: 'hello' }));
  expect((await Promise.all(posted)).map(({ status }) => status)).toEqual(chats.map(() => 202));
  await vi.waitFor(() => expect(calls + ended().length).toBeGreaterThanOrEqual(CHATS), SOON);
  expect([calls, ended()]).toEqual([CHATS, []]);
}, 90_000);
