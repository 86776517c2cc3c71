import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createModels } from '../create-models.js';
import type { ModelPool } from '../model-pool.js';
import type { ModelPoolOptions } from '../model-pool.options.js';
import { beginStream, errorOf, ScriptedModelServer, textEvent, type Script } from '../testing/scripted-model-server.js';
import { createOpenAiHandler, type OpenAiHandlerOptions } from './create-openai-handler.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };
const closers: (() => Promise<unknown>)[] = [];

async function newServer(script?: Script, models?: string[]): Promise<ScriptedModelServer> {
  const server = await new ScriptedModelServer(models).start();
  if (script) server.script = script;
  closers.push(() => server.close());
  return server;
}

/** The handler over these servers. */
async function newGateway(
  servers: { url: string; apiKey?: string }[],
  options: Partial<ModelPoolOptions & OpenAiHandlerOptions> = {},
) {
  const pool = await createModels({
    backends: servers.map(({ url, apiKey }) => ({ url, apiKey })),
    logger,
    ...options,
  });
  const handle = createOpenAiHandler(pool, { logger, ...options });
  const listener = createServer(
    (request, response) => void handle(request, response, { requestId: 'r-1', traceparent: '00-ours-1-01' }),
  ).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  closers.unshift(async () => {
    listener.closeAllConnections();
    listener.close();
    await pool.close();
  });
  const { port } = listener.address() as AddressInfo;
  const baseURL = `http://127.0.0.1:${port}/v1`;
  return { pool, port, baseURL, client: new OpenAI({ baseURL, apiKey: 'slip_secret', maxRetries: 0 }) };
}

const post = (baseURL: string, path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${baseURL}${path}`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const CHAT = JSON.stringify({ model: 'm', stream: true, messages: [] });
const idle = (pool: ModelPool) =>
  vi.waitFor(() => expect(pool.backends().map(({ own }) => own.requests)).not.toContain(1));

beforeEach(() => void vi.clearAllMocks());
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('createOpenAiHandler', () => {
  it('passes bytes and fields through, but no credentials of ours', async () => {
    const server = await newServer(
      (response) =>
        void response
          .writeHead(200, { 'content-type': 'x/y', 'x-model': '1', connection: 'x-hop', 'x-hop': '1' })
          .end('as is'),
    );
    const { baseURL } = await newGateway([{ url: server.url, apiKey: 'sk-backend' }]);
    const body = '{ "model":"m",\n "x": 1.0, "x": 2 }';
    const answer = await post(baseURL, '/embeddings?a=b', body, {
      authorization: 'Bearer slip_secret',
      cookie: 'token=1',
      'x-api-key': 'slip_secret',
      'x-slipstream-user': 'ann',
      'x-request-id': 'theirs',
      traceparent: '00-theirs-1-01',
      'x-custom': 'kept',
      'idempotency-key': 'k-1',
    });
    expect(await answer.text()).toBe('as is');
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'content-type': 'x/y', 'x-model': '1' });
    expect(answer.headers.has('x-hop')).toBe(false);
    const [seen] = server.calls;
    expect(seen).toMatchObject({ url: '/v1/embeddings?a=b', body });
    expect(seen?.headers).toMatchObject({
      authorization: 'Bearer sk-backend',
      'x-custom': 'kept',
      'idempotency-key': 'k-1',
      'x-request-id': 'r-1',
      traceparent: '00-ours-1-01',
      host: new URL(server.url).host,
    });
    expect(JSON.stringify(seen?.headers)).not.toMatch(/slip_secret|token=1|ann|theirs/);
  });

  it('sends no credentials to a server that has no key', async () => {
    const server = await newServer();
    const { baseURL } = await newGateway([server]);
    await (await post(baseURL, '/chat/completions', CHAT, { authorization: 'Bearer sk-theirs' })).text();
    expect(server.calls[0]?.headers).not.toHaveProperty('authorization');
  });

  it.each<[string, Script, number]>([
    ['a refusal', errorOf(422, 'bad'), 422],
    ['a failure', errorOf(500, 'bad'), 500],
    ['too much to do', errorOf(429, 'bad', { 'retry-after': '7' }), 429],
  ])('passes %s of the last server through', async (_, script, status) => {
    const { baseURL } = await newGateway([await newServer(script), await newServer(script)]);
    const answer = await post(baseURL, '/chat/completions', CHAT);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(status === 429 ? '7' : null);
    expect(await answer.json()).toMatchObject({ error: { message: 'bad' } });
  });

  it.each<[string, Script]>([
    ['fails', errorOf(503, 'x')],
    ['has too much to do', errorOf(429, 'x')],
    ['breaks off', (response) => void response.destroy()],
  ])('asks another server when one %s', async (_, script) => {
    const servers = [await newServer(script), await newServer()];
    const { baseURL, pool } = await newGateway(servers);
    for (let i = 0; i < 3; i++) {
      const answer = await post(baseURL, '/chat/completions', CHAT);
      expect(await answer.text()).toContain('[DONE]');
    }
    expect(servers[0]?.calls.length).toBeGreaterThan(0);
    expect(servers[1]?.calls).toHaveLength(3);
    await idle(pool);
  });

  it('sends the first event before there is a second', async () => {
    const server = await newServer((response) => void beginStream(response).write(textEvent('first')));
    const { baseURL } = await newGateway([server]);
    const answer = await post(baseURL, '/chat/completions', CHAT);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const { value } = await answer.body!.getReader().read();
    expect(Buffer.from(value!).toString()).toBe(textEvent('first'));
  });

  it.each<[string, Script]>([
    ['breaks off', (response) => void beginStream(response).write(textEvent('half'), () => response.destroy())],
    ['stalls', (response) => void beginStream(response).write(textEvent('half'))],
  ])('breaks the client off when a server %s in its answer', async (_, script) => {
    const { baseURL, pool } = await newGateway([await newServer(script)], { stallTimeoutMs: 300 });
    const answer = await post(baseURL, '/chat/completions', CHAT);
    await expect(answer.text()).rejects.toThrow();
    await vi.waitFor(() => expect(logger.warn).toHaveBeenCalledTimes(1));
    await idle(pool);
  });

  it.each<[string, Script]>([
    ['before the answer', () => {}],
    ['within the answer', (response) => void beginStream(response).write(textEvent('half'))],
  ])('lets the server know that the client has left %s', async (_, script) => {
    const server = await newServer(script);
    const { port, pool } = await newGateway([server]);
    const [called, left] = [server.called(), server.callerLeft()];
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { 'content-length': CHAT.length },
    }).on('error', () => {});
    request.end(CHAT);
    await called;
    request.destroy();
    await left;
    await idle(pool);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('gives up on a server that begins no answer', async () => {
    const { baseURL } = await newGateway([await newServer(() => {})], { firstTokenTimeoutMs: 300 });
    const answer = await post(baseURL, '/chat/completions', CHAT);
    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ error: { code: 'model_first_token_timeout', type: 'server_error' } });
  });

  it('waits longer for an answer in one piece', async () => {
    const server = await newServer((response) => void setTimeout(() => response.end('late'), 2_500));
    // undici's clock ticks in seconds, hence the long wait
    const { baseURL } = await newGateway([server], { firstTokenTimeoutMs: 100 });
    const answer = await post(baseURL, '/chat/completions', JSON.stringify({ model: 'm' }));
    expect(await answer.text()).toBe('late');
  });

  it('answers 503 with Retry-After when no server is there', async () => {
    const server = await newServer();
    const { baseURL, pool } = await newGateway([server]);
    await pool.models();
    await server.close();
    const answer = await post(baseURL, '/chat/completions', CHAT);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({ error: { code: 'no_healthy_backends' } });
  });

  it.each([
    ['broken JSON', '{"model":', 400, 'invalid_json'],
    ['no model', '{}', 400, 'model_missing'],
    ['a model that is no text', '{"model":1}', 400, 'model_missing'],
    ['no object', 'null', 400, 'model_missing'],
    ['nothing', '', 400, 'invalid_json'],
    ['more than is accepted', `{"model":"m","x":"${'x'.repeat(100)}"}`, 413, 'body_too_large'],
  ])('refuses a body with %s', async (_, body, status, code) => {
    const { baseURL } = await newGateway([await newServer()], { maxBodyBytes: 100 });
    const answer = await post(baseURL, '/chat/completions', body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({
      error: {
        message: expect.any(String),
        type: 'invalid_request_error',
        param: code === 'model_missing' ? 'model' : null,
        code,
      },
    });
  });

  describe('of 20 MiB', () => {
    const MIB = 1024 * 1024;
    const filled = (unit: string, end = ''): string =>
      `{"model":"m","x":[${unit.repeat((19.9 * MIB) / unit.length)}0]${end}}`;

    it.each<[shape: string, body: string, status: number]>([
      ['empty arrays', filled('[],'), 200],
      ['a million names', filled('{"abcdefgh":1234},'), 200],
      ['nesting', '['.repeat(19.9 * MIB), 400],
      ['white space', ' '.repeat(19.9 * MIB), 400],
      ['escapes', `{"model":"m","x":"${'\\u0041'.repeat((19.9 * MIB) / 6)}"}`, 200],
      ['names of the same', `{${'"model":"n",'.repeat((19.9 * MIB) / 12)}"model":"m"}`, 200],
    ])(
      'reads %s without building it',
      async (_, body, status) => {
        const server = await newServer((response) => void response.end('{}'));
        const { baseURL } = await newGateway([server]);
        const bytes = Buffer.from(body);
        const parse = vi.spyOn(JSON, 'parse');
        const answer = await post(baseURL, '/chat/completions', bytes as never);
        expect(Math.max(0, ...parse.mock.calls.map(([text]) => text.length))).toBeLessThan(64 * 1024);
        parse.mockRestore();
        expect(answer.status).toBe(status);
        expect(server.calls[0]?.body.length ?? bytes.length).toBe(bytes.length);
      },
      60_000,
    );
  });

  it('refuses what there is not', async () => {
    const { baseURL } = await newGateway([await newServer()]);
    const notAllowed = await fetch(`${baseURL}/chat/completions`);
    expect([notAllowed.status, notAllowed.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await (await fetch(`${baseURL}/nothing`)).json()).toMatchObject({ error: { code: 'unknown_url' } });
  });

  it('says nothing to a client that left in the middle of its request', async () => {
    const server = await newServer();
    const { port, baseURL } = await newGateway([server]);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((resolve) =>
      socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"mod', resolve),
    );
    socket.destroy();
    expect((await post(baseURL, '/chat/completions', CHAT)).status).toBe(200);
    expect(server.calls).toHaveLength(1);
  });

  it('is read by the openai client when a stream breaks off: as an error, not as an end', async () => {
    const { client } = await newGateway([
      await newServer((response) => void beginStream(response).write(textEvent('half'), () => response.destroy())),
    ]);
    const stream = await client.chat.completions.create({ model: 'm', messages: [], stream: true });
    await expect(Array.fromAsync(stream)).rejects.toThrow();
  });
});
