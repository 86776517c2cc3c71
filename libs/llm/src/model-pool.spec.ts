import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ModelPool, type ModelPoolOptions } from './model-pool.js';
import { beginStream, doneEvent, errorOf, finishEvent, ScriptedModelServer, textEvent, type Script } from './testing/scripted-model-server.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };
const closers: (() => Promise<void>)[] = [];

async function newServer(script?: Script, models?: string[]): Promise<ScriptedModelServer> {
  const server = await new ScriptedModelServer(models).start();
  if (script) server.script = script;
  closers.push(() => server.close());
  return server;
}

function newPool(servers: { url: string }[], options: Partial<ModelPoolOptions> = {}): ModelPool {
  const pool = new ModelPool({ backends: servers.map(({ url }) => ({ url })), logger, ...options });
  closers.unshift(() => pool.close());
  return pool;
}

/** A base URL that refuses connections. */
async function refusingUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}/v1`;
}

async function ask(pool: ModelPool, options: { model?: string; signal?: AbortSignal } = {}): Promise<string[]> {
  const said: string[] = [];
  for await (const delta of pool.streamChat({ model: 'm', messages: [{ role: 'user', content: 'hi' }], signal: new AbortController().signal, ...options })) said.push(delta);
  return said;
}

describe('ModelPool', () => {
  beforeEach(() => void vi.clearAllMocks());
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  describe('streamChat', () => {
    it('yields the text, and tells the server what it was told', async () => {
      const server = await newServer();
      const pool = newPool([], { backends: [{ url: `${server.url}/`, apiKey: 'sk-1' }] });
      const said: string[] = [];
      const messages = [{ role: 'user' as const, content: 'hi' }];
      for await (const delta of pool.streamChat({ messages, signal: new AbortController().signal, traceparent: '00-a-b-01', requestId: 'r1' })) said.push(delta);
      expect(said).toEqual(['Hello', ' world']);
      expect(server.calls[0]).toMatchObject({ url: '/v1/chat/completions', headers: { authorization: 'Bearer sk-1', traceparent: '00-a-b-01', 'x-request-id': 'r1' } });
      expect(JSON.parse(server.calls[0]!.body)).toEqual({ model: 'm', messages, stream: true });
    });

    it('uses connections again after a whole answer', async () => {
      const server = await newServer();
      const pool = newPool([server]);
      for (let i = 0; i < 8; i++) await ask(pool);
      expect(server.connections).toBeLessThan(4); // one may still be ending as the next answer begins
      await vi.waitFor(() => expect(pool.backends()[0]?.connections).toBe(0));
    });

    it('reads events wherever they are cut, characters included', async () => {
      const bytes = Buffer.from(`: ping\n\n${textEvent('Grüße 🎈')}${textEvent('')}${finishEvent}${doneEvent}`);
      const server = await newServer((response) => {
        beginStream(response);
        void (async () => {
          for (const byte of bytes) await new Promise<void>((resolve) => response.write(Buffer.of(byte), () => resolve()));
          response.end();
        })();
      });
      expect(await ask(newPool([server]))).toEqual(['Grüße 🎈']);
    });

    it.each<[string, Script, string, boolean]>([
      ['a refusal', errorOf(400, 'context too long'), 'model_rejected', false],
      ['a refusal by 401', errorOf(401, 'bad key'), 'model_rejected', false],
      ['a failure', errorOf(500, 'out of memory'), 'model_failed', true],
      ['too much to do', errorOf(429, 'slow down', { 'retry-after': '7' }), 'model_rate_limited', true],
      ['a connection broken before the headers', (response) => void response.destroy(), 'model_failed', true],
      ['an answer broken off', (response) => void beginStream(response).write(textEvent('half'), () => response.destroy()), 'model_failed', true],
      ['an answer that ends unfinished', (response) => void beginStream(response).end(textEvent('half')), 'model_failed', true],
      ['an empty answer', (response) => void beginStream(response).end(), 'model_failed', true],
      ['events that are no JSON', (response) => void beginStream(response).end(`data: <html>\n\n${doneEvent}`), 'model_failed', true],
      ['events of another shape', (response) => void beginStream(response).end(`data: {"choices":3}\n\n${doneEvent}`), 'model_failed', true],
      ['bytes that are no events', (response) => void beginStream(response).end('\u0000\u0001<html>garbage'), 'model_failed', true],
      ['an error within the stream', (response) => void beginStream(response).end(`${textEvent('half')}data: {"error":{"message":"oom"}}\n\n${doneEvent}`), 'model_failed', true],
      ['an endless event', (response) => void beginStream(response).end(`data: ${'x'.repeat(2 ** 21)}`), 'model_failed', true],
      ['silence before the headers', () => {}, 'model_first_token_timeout', true],
      ['silence after the headers', (response) => void beginStream(response).flushHeaders(), 'model_first_token_timeout', true],
      ['nothing but comments', (response) => {
        const timer = setInterval(() => response.write(': ping\n\n'), 20);
        beginStream(response).once('close', () => clearInterval(timer)).flushHeaders();
      }, 'model_first_token_timeout', true],
      ['silence within the answer', (response) => void beginStream(response).write(textEvent('half')), 'model_stalled', true],
    ])('turns %s into an error', async (_, script, code, isRetryable) => {
      const server = await newServer(script);
      const pool = newPool([server], { firstTokenTimeoutMs: 300, stallTimeoutMs: 300 });
      await pool.models();
      await expect(ask(pool)).rejects.toMatchObject({ name: 'ModelError', code, isRetryable });
      await vi.waitFor(() => expect(pool.backends()[0]?.connections).toBe(0));
    });

    it('says what the server said, and when to come back', async () => {
      const server = await newServer(errorOf(429, 'slow down', { 'Retry-After': '7' }));
      await expect(ask(newPool([server]))).rejects.toMatchObject({ message: expect.stringContaining('slow down'), retryAfterSeconds: 7 });
    });

    it('takes finish_reason for the end, without [DONE] too, and loses nothing that breaks after it', async () => {
      const server = await newServer((response) => void beginStream(response).write(textEvent('all') + finishEvent, () => response.destroy()));
      expect(await ask(newPool([server]))).toEqual(['all']);
    });

    it('does not blame the model for a slow reader', async () => {
      const begun = Promise.withResolvers<ServerResponse>();
      const server = await newServer((response) => void beginStream(response).write(textEvent('a'), () => begun.resolve(response)));
      const pool = newPool([server], { firstTokenTimeoutMs: 300, stallTimeoutMs: 300 });
      const deltas = pool.streamChat({ model: 'm', messages: [], signal: new AbortController().signal });
      expect((await deltas.next()).value).toBe('a');
      await delay(700); // the slow reader itself
      (await begun.promise).end(textEvent('b') + finishEvent + doneEvent);
      expect((await deltas.next()).value).toBe('b');
      expect((await deltas.next()).done).toBe(true);
    });

    it.each<[string, Script]>([
      ['before the headers', () => {}],
      ['within the answer', (response) => void beginStream(response).write(textEvent('half'))],
    ])('ends the call at the server when aborted %s', async (_, script) => {
      const server = await newServer(script);
      const pool = newPool([server]);
      const [called, left] = [server.called(), server.callerLeft()];
      const abort = new AbortController();
      const answer = ask(pool, { signal: abort.signal });
      const outcome = expect(answer).rejects.toThrow('enough');
      await called;
      abort.abort(new Error('enough'));
      await outcome;
      await left;
      expect(logger.warn).not.toHaveBeenCalled();
    });

    it('ends the call at the server when the reader stops reading', async () => {
      const server = await newServer((response) => void beginStream(response).write(textEvent('half')));
      const left = server.callerLeft();
      for await (const delta of newPool([server]).streamChat({ messages: [], signal: new AbortController().signal })) {
        expect(delta).toBe('half');
        break;
      }
      await left;
    });

    it('asks nobody when aborted beforehand', async () => {
      const server = await newServer();
      await expect(ask(newPool([server]), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
      expect(server.calls).toEqual([]);
    });

    it.each<[string, Script]>([
      ['fails', errorOf(500, 'x')],
      ['has too much to do', errorOf(429, 'x')],
      ['breaks off before its answer', (response) => void response.destroy()],
    ])('asks another server when one %s, each at most once', async (_, script) => {
      const [bad, good] = [await newServer(script), await newServer()];
      const pool = newPool([bad, good]);
      for (let i = 0; i < 4; i++) expect(await ask(pool)).toEqual(['Hello', ' world']);
      expect(bad.calls.length).toBeGreaterThan(0);
      expect(good.calls).toHaveLength(4);
    });

    it('asks no other server once text has come', async () => {
      const half: Script = (response) => void beginStream(response).write(textEvent('half'), () => response.destroy());
      const servers = [await newServer(half), await newServer(half)];
      await expect(ask(newPool(servers))).rejects.toMatchObject({ code: 'model_failed' });
      expect(servers.flatMap(({ calls }) => calls)).toHaveLength(1);
    });

    it('asks another server when one has died, and leaves that one alone from then on', async () => {
      const [dying, good] = [await newServer(), await newServer()];
      const pool = newPool([dying, good]);
      await pool.models();
      await dying.close();
      for (let i = 0; i < 4; i++) expect(await ask(pool)).toEqual(['Hello', ' world']);
      expect(pool.backends().map(({ state }) => state)).toEqual(['unhealthy', 'unproven']);
    });

    it('says that nobody is there, retryably, when all servers have died', async () => {
      const server = await newServer();
      const pool = newPool([server]);
      await pool.models();
      await server.close();
      await expect(ask(pool)).rejects.toMatchObject({ code: 'no_healthy_backends', isRetryable: true });
      await expect(ask(pool)).rejects.toMatchObject({ code: 'no_healthy_backends', isRetryable: true });
    });

    it('says the same when no server has ever been there', async () => {
      const pool = newPool([{ url: await refusingUrl() }]);
      await expect(ask(pool)).rejects.toMatchObject({ code: 'no_healthy_backends' });
      await expect(ask(pool, { model: undefined })).rejects.toMatchObject({ code: 'no_healthy_backends' });
    });

    it('knows no model that no server has', async () => {
      const pool = newPool([await newServer()]);
      await expect(ask(pool, { model: 'other' })).rejects.toMatchObject({ code: 'model_not_found', isRetryable: false });
    });

    it('asks only servers that have the model', async () => {
      const [one, two] = [await newServer(undefined, ['a', 'm']), await newServer(undefined, ['b'])];
      const pool = newPool([one, two]);
      for (let i = 0; i < 3; i++) await ask(pool, { model: 'b' });
      expect([one.calls.length, two.calls.length]).toEqual([0, 3]);
    });
  });

  describe('models', () => {
    it('lists each model once, in the order of the servers', async () => {
      const pool = newPool([await newServer(undefined, ['b', 'a']), await newServer(undefined, ['a', 'c'])]);
      expect(await pool.models()).toEqual(['b', 'a', 'c'].map((id) => ({ id, ownedBy: 'tests' })));
    });

    it('keeps the list of a server that has died, and answers from it', async () => {
      const server = await newServer(undefined, ['a']);
      const pool = newPool([server], { modelListTtlMs: 0 });
      await pool.models();
      await server.close();
      expect(await pool.models()).toEqual([{ id: 'a', ownedBy: 'tests' }]);
      await expect(pool.check()).rejects.toMatchObject({ code: 'no_healthy_backends' });
      expect(await pool.models()).toEqual([{ id: 'a', ownedBy: 'tests' }]);
    });

    it('waits for a server that hangs once, and for 3 s at most', async () => {
      const hanging = createServer(() => {}).listen(0, '127.0.0.1');
      closers.push(async () => void hanging.close());
      await once(hanging, 'listening');
      const pool = newPool([{ url: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/v1` }, await newServer(undefined, ['a'])]);
      expect(await pool.models()).toEqual([{ id: 'a', ownedBy: 'tests' }]);
      const startedAt = performance.now();
      await pool.models();
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    });
  });

  it('measures each call by how it ended', async () => {
    const metrics = { observe: vi.fn() };
    const server = await newServer();
    const pool = newPool([server], { metrics });
    await ask(pool);
    server.script = errorOf(500, 'x');
    await expect(ask(pool)).rejects.toThrow();
    server.script = (response) => void beginStream(response).write(textEvent('half'), () => response.destroy());
    await expect(ask(pool)).rejects.toThrow();
    await vi.waitFor(() => expect(metrics.observe).toHaveBeenCalledTimes(4));
    expect(metrics.observe.mock.calls.map(([, operation, outcome]) => `${operation} ${outcome}`)).toEqual(['list_models ok', 'generate ok', 'generate error', 'generate error']);
  });

  it('is well when one server is, and finds models by its health checks', async () => {
    const pool = newPool([{ url: await refusingUrl() }, await newServer()]);
    pool.start();
    await pool.check();
    await vi.waitFor(() => expect(pool.backends().map(({ state }) => state)).toEqual(['unhealthy', 'healthy']));
  });
});
