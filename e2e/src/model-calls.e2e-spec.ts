import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Client } from './client.js';
import { Link } from './link.js';
import { startSystem, storesEnv, untilReady, type System } from './system.js';

const chunk = (content: string, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

/** A model server whose model `large` says a word and then nothing, and whose `small` answers at once. */
class TwoModels {
  /** Calls for `large` that have not ended. */
  readonly open = new Set<ServerResponse>();
  /** Most of them at a time. */
  most = 0;
  private readonly server = createServer((request, response) => {
    if (request.method === 'GET')
      return void response.end(JSON.stringify({ data: [{ id: 'large' }, { id: 'small' }] }));
    let body = '';
    request
      .on('data', (bytes: Buffer) => (body += bytes.toString()))
      .on('end', () => this.answer((JSON.parse(body) as { model: string }).model, response));
  });

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private answer(model: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (model === 'small') return void response.end(`${chunk('done', 'stop')}data: [DONE]\n\n`);
    this.open.add(response);
    this.most = Math.max(this.most, this.open.size);
    response.once('close', () => this.open.delete(response));
    response.write(chunk('word '));
  }
}

describe('what a chat-worker asks of its model servers', () => {
  let models: TwoModels;
  let redis: Link;
  let folder: string;
  let system: System;
  let client: Client;
  let elsewhere: Client;

  beforeAll(async () => {
    const env = storesEnv();
    [models, redis] = await Promise.all([new TwoModels().start(), Link.to(env.REDIS_URL, 6379)]);
    folder = await mkdtemp(join(tmpdir(), 'model-calls-'));
    const configFile = join(folder, 'slipstream.yaml');
    await writeFile(configFile, JSON.stringify({ chat: { concurrency: 3, concurrencyPerModel: 2, leaseMs: 60_000 } }));
    system = await startSystem(['gateway', 'gateway', 'chat-worker'], {
      ...env,
      REDIS_URL: redis.url,
      LLM_BACKENDS: models.url,
      SLIPSTREAM_CONFIG: configFile,
    });
    [client, elsewhere] = system.gateways.map(({ url }) => new Client(url)) as [Client, Client];
    await untilReady(system);
  });
  afterAll(async () => {
    await system.stop();
    models.close();
    redis.close();
    await rm(folder, { recursive: true });
  });

  const cancel = async (jobId: string) => expect((await elsewhere.call('DELETE', `/jobs/${jobId}`)).status).toBe(202);
  /**
   * As the model server sees it. A second is promised, but a busy machine may pause for longer; a renewal of the lease
   * comes far later.
   */
  const untilNoCallIsOpen = () => vi.waitFor(() => expect(models.open.size).toBe(0), { timeout: 5_000, interval: 5 });

  it('ends soon after a cancellation, from whichever gateway it comes', async () => {
    const { chatId } = await client.chat();
    const { jobId, eventsUrl } = await client.post(chatId, 'a long story', 'large');
    expect(await client.events(eventsUrl).next()).toMatchObject({ value: { type: 'message-delta' } });
    expect(models.open.size).toBe(1);
    await cancel(jobId);
    await untilNoCallIsOpen();
    expect((await client.eventsToEnd(eventsUrl)).at(-1)?.type).toBe('cancelled');
  });

  it('ends so when it is cancelled as it begins, too', async () => {
    const { chatId } = await client.chat();
    for (let n = 0; n < 20; n += 1) {
      const { jobId, eventsUrl } = await client.post(chatId, 'never mind', 'large');
      await cancel(jobId);
      await untilNoCallIsOpen();
      expect((await client.eventsToEnd(eventsUrl)).at(-1)?.type).toBe('cancelled');
    }
  });

  it('is bounded for each model, so that one that hangs leaves room for the others; who waits comes next', async () => {
    const chats = await Promise.all([1, 2, 3].map(() => client.chat()));
    const jobs = await Promise.all(chats.map(({ chatId }) => client.post(chatId, 'a long story', 'large')));
    await vi.waitFor(() => expect(models.open.size).toBe(2), { timeout: 20_000 });
    const { chatId } = await client.chat();
    const quick = await client.post(chatId, 'a short one', 'small');
    expect((await client.eventsToEnd(quick.eventsUrl)).at(-1)?.type).toBe('message-completed');
    const states = () =>
      Promise.all(
        jobs.map(async ({ jobId }) => (await client.call<{ state: string }>('GET', `/jobs/${jobId}`)).json.state),
      );
    expect((await states()).toSorted()).toEqual(['queued', 'running', 'running']);
    const waiting = (await states()).indexOf('queued');
    await cancel(jobs[waiting === 0 ? 1 : 0]!.jobId);
    await vi.waitFor(async () => expect((await states())[waiting]).toBe('running'), { timeout: 20_000 });
    expect(models.most).toBe(2);
    for (const { jobId } of jobs) await cancel(jobId);
    await untilNoCallIsOpen();
  });

  it('ends so while Redis is away, too', async () => {
    const { chatId } = await client.chat();
    const { jobId, eventsUrl } = await client.post(chatId, 'a long story', 'large');
    await vi.waitFor(() => expect(models.open.size).toBe(1), { timeout: 20_000 });
    redis.cut();
    await cancel(jobId);
    await untilNoCallIsOpen();
    redis.mend();
    await vi.waitFor(async () => expect((await client.eventsToEnd(eventsUrl)).at(-1)?.type).toBe('cancelled'), {
      timeout: 20_000,
    });
  });
});
