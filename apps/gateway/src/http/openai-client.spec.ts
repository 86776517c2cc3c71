import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadConfig, type Config } from '@slipstream/config';
import { startDemoModelServer } from '@slipstream/demo-models';
import { createOpenAiHandler, openModels, type ModelPool } from '@slipstream/llm';
import OpenAI, { NotFoundError } from 'openai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };
const closers: (() => Promise<unknown>)[] = [];

async function newGateway() {
  const config = await loadConfig({ service: 'gateway', env: {} });
  const settings = { follow: <T>(map: (config: Config) => T) => map(config) };
  const pool = await openModels(config, { telemetry: { logger, metrics: {} }, settings }, startDemoModelServer);
  const handle = createOpenAiHandler(pool, { logger });
  const listener = createServer(
    (request, response) => void handle(request, response, { requestId: 'r-1', traceparent: '00-ours-1-01' }),
  ).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  closers.push(async () => {
    listener.closeAllConnections();
    listener.close();
    await pool.close();
  });
  const baseURL = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/v1`;
  return { pool, client: new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 }) };
}

const idle = (pool: ModelPool) =>
  vi.waitFor(() => expect(pool.backends().map(({ own }) => own.requests)).not.toContain(1));

beforeEach(() => void vi.clearAllMocks());
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('the openai client, through the handler, with the demo model server', () => {
  const messages = [{ role: 'user' as const, content: 'hello there' }];

  it('gets a chat in one piece', async () => {
    const { client } = await newGateway();
    const answer = await client.chat.completions.create({ model: 'demo-echo', messages });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: expect.stringMatching(/demo model.*hello there$/) },
    });
    expect(answer.usage).toMatchObject({ prompt_tokens: 2, total_tokens: 2 + answer.usage!.completion_tokens });
  });

  it('gets a chat as a stream, with usage when asked', async () => {
    const { client, pool } = await newGateway();
    const stream = await client.chat.completions.create({
      model: 'demo-echo',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    const deltas = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').filter((text) => text !== '');
    expect(deltas.length).toBeGreaterThan(2);
    expect(deltas.join('')).toMatch(/demo model.*hello there$/);
    expect(chunks.at(-1)?.usage).toMatchObject({ completion_tokens: deltas.length });
    await idle(pool);
  });

  it('sees the tokens of a slow model as they come, and ends them by leaving', async () => {
    const { client, pool } = await newGateway();
    const stream = await client.chat.completions.create({ model: 'demo-slow', messages, stream: true });
    const seen: string[] = [];
    for await (const { choices } of stream) {
      if (choices[0]?.delta.content) seen.push(choices[0].delta.content);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(['token-1 ', 'token-2 ']);
    await idle(pool);
  });

  it('sees which models there are', async () => {
    const { client } = await newGateway();
    const models = await Array.fromAsync(client.models.list());
    expect(models).toMatchObject([{ id: 'demo-echo', owned_by: 'slipstream-demo' }, { id: 'demo-slow' }]);
    expect(await client.models.retrieve('demo-slow')).toMatchObject({ id: 'demo-slow', object: 'model' });
    await expect(client.models.retrieve('x/y')).rejects.toBeInstanceOf(NotFoundError);
  });

  it('is told of errors as by OpenAI', async () => {
    const { client } = await newGateway();
    const failed = client.chat.completions.create({ model: 'nope', messages });
    await expect(failed).rejects.toBeInstanceOf(NotFoundError);
    await expect(failed).rejects.toMatchObject({
      code: 'model_not_found',
      type: 'invalid_request_error',
      param: 'model',
    });
    await expect(client.chat.completions.create({ model: 'demo-echo', messages: [] })).rejects.toMatchObject({
      status: 400,
    });
  });

  it('is not left to think that a demo is a real model', async () => {
    await newGateway();
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(expect.anything(), expect.stringContaining('demo'));
  });
});
