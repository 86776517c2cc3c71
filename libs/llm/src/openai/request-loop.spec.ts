import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createModels } from '../create-models.js';
import type { ModelPool } from '../model-pool.js';
import { ScriptedModelServer } from '../testing/scripted-model-server.js';
import { createOpenAiHandler } from './create-openai-handler.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  vi.clearAllMocks();
});

async function listen(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** A gateway before these model servers. */
async function gateway(urls: string[], pseudonym?: string): Promise<{ url: string; pool: ModelPool }> {
  const pool = await createModels({ backends: urls.map((url) => ({ url })), logger, pseudonym, modelListTtlMs: 0 });
  const handle = createOpenAiHandler(pool, { logger });
  const url = await listen((request, response) => void handle(request, response, { requestId: 'r-1' }));
  closers.unshift(() => pool.close());
  return { url, pool };
}

/** Passes calls on to a gateway that is made later, and lists a model itself as long as it is asked to. */
async function relay() {
  const state = { target: '', listsItself: true, passed: [] as IncomingMessage[] };
  const url = await listen((request, response) => {
    if (request.method === 'GET' && state.listsItself) return void response.end('{"data":[{"id":"m"}]}');
    state.passed.push(request);
    const { method, headers } = request;
    const onward = httpRequest(state.target + (request.url ?? '').slice('/v1'.length), { method, headers });
    onward.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers)));
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  return Object.assign(state, { url });
}

/** A gateway whose model server leads back to it, over so many other gateways, and model servers beside it. */
async function loop(gateways: number, beside: string[] = []) {
  const first = await relay();
  let made = await gateway([first.url, ...beside]);
  for (let i = 1; i < gateways; i++) made = await gateway([made.url]);
  first.target = made.url;
  return { ...made, relay: first };
}

const PATHS = ['/chat/completions', '/completions', '/embeddings', '/responses'];
const call = (url: string, path: string, isStream: boolean, headers: Record<string, string> = {}) =>
  fetch(url + path, {
    method: 'POST',
    body: JSON.stringify({ model: 'm', stream: isStream, messages: [] }),
    headers: { 'content-type': 'application/json', ...headers },
  });

const CALLS = PATHS.flatMap((path) => [[path, true] as const, [path, false] as const]);

describe.each([1, 2, 3])('a model server that leads back to its gateway over %i gateways', (gateways) => {
  it.each(CALLS)('ends a call of %s after one round (stream: %s)', async (path, isStream) => {
    const {
      url,
      relay: { passed },
    } = await loop(gateways);
    const answer = await call(url, path, isStream);
    expect([answer.status, await answer.json()]).toMatchObject([
      508,
      { error: { code: 'request_loop', type: 'server_error' } },
    ]);
    expect(passed.length).toBe(1);
  });
});

it('answers by another model server, after one round', async () => {
  const whole = await new ScriptedModelServer().start();
  closers.push(() => whole.close());
  const {
    url,
    relay: { passed },
  } = await loop(1, [whole.url]);
  for (let round = 0; round < 4; round++) expect((await call(url, '/chat/completions', true)).status).toBe(200);
  expect(passed.length).toBeLessThanOrEqual(4);
});

it('ends a list of models after one round, and calls the model server unhealthy', async () => {
  const { url, pool, relay: looping } = await loop(1);
  looping.listsItself = false;
  await expect(pool.check()).rejects.toMatchObject({ code: 'no_healthy_backends' });
  expect(looping.passed.map((request) => request.url)).toEqual(['/v1/models']);
  pool.start();
  await vi.waitFor(() => expect(pool.backends()[0]?.state).toBe('unhealthy'), { timeout: 30_000 });
  expect(logger.warn).toHaveBeenCalledWith(
    expect.objectContaining({ reason: expect.stringMatching(/508.*leads back to this gateway; correct it/) }),
    expect.anything(),
  );
  expect((await fetch(`${url}/models`)).status).toBe(200);
});

describe('Via', () => {
  it('names the gateway in lists of models, in health checks and in calls, behind the proxies before it', async () => {
    const seen: [string, string | undefined][] = [];
    const server = await listen((request, response) => {
      seen.push([request.url ?? '', request.headers.via]);
      response.setHeader('content-type', 'application/json').end('{"data":[{"id":"m"}]}');
    });
    const { url, pool } = await gateway([server], 'slipstream-1');
    await fetch(`${url}/models`, { headers: { via: '1.0 cdn' } });
    pool.start();
    await vi.waitFor(() => expect(pool.backends()[0]?.state).toBe('healthy'), { timeout: 30_000 });
    await call(url, '/chat/completions', false, { via: '1.0 cdn, 1.1 slipstream, 1.1 slipstream-10' });
    expect(new Set(seen.filter(([path]) => path === '/v1/models').map(([, via]) => via))).toEqual(
      new Set(['1.1 slipstream-1']),
    );
    expect(seen.filter(([path]) => path !== '/v1/models')).toEqual([
      ['/v1/chat/completions', '1.0 cdn, 1.1 slipstream, 1.1 slipstream-10, 1.1 slipstream-1'],
    ]);
  });

  it.each(['1.1 slipstream-1', '1.0 cdn, HTTP/1.1 slipstream-1 (comment)', '1.1\tslipstream-1'])(
    '"%s" is a loop for every route',
    async (via) => {
      const { url } = await gateway([(await relay()).url], 'slipstream-1');
      const answers = [
        await fetch(`${url}/models`, { headers: { via } }),
        await fetch(`${url}/models/m`, { headers: { via } }),
        await call(url, '/chat/completions', true, { via }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([508, 508, 508]);
      for (const answer of answers) await answer.text();
    },
  );
});
