import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { nameResolver } from '@slipstream/http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeAll, logger, newPool, newServer } from '../testing/model-pools.js';
import { createOpenAiHandler } from './create-openai-handler.js';

vi.setConfig({ testTimeout: 60_000 }); // deadlines that only a hang reaches

const error = (code: string, options?: ErrorOptions): Error => Object.assign(new Error(code, options), { code });
/** As Node reports several addresses that were tried. */
const all = (...codes: string[]): Error =>
  Object.assign(new AggregateError(codes.map((code) => error(code))), { code: codes[0] });

/** Why no connection to servers of this name can be made; undefined: it can. */
let fault: Error | undefined;
const closers: (() => void)[] = [];
beforeEach(() => {
  fault = undefined;
  const lookup: LookupFunction = (_, __, callback) =>
    fault ? callback(fault, []) : callback(null, [{ address: '127.0.0.1', family: 4 }]);
  vi.spyOn(nameResolver, 'lookup').mockImplementation(lookup);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.clearAllMocks();
  for (const close of closers.splice(0)) close();
  await closeAll();
});

const named = (url: string): string => url.replace('127.0.0.1', 'models.test');

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A gateway before a server whose connections may fail, and others beside it; it knows their models. */
async function gateway(beside: { url: string }[] = []) {
  let calls = 0;
  const server = await listen((request, response) => {
    if (request.method === 'POST') calls += 1;
    response.setHeader('connection', 'close').end(request.method === 'GET' ? '{"data":[{"id":"m"}]}' : '{}');
  });
  const pool = newPool([{ url: named(`${server}/v1`) }, ...beside]);
  await pool.models();
  const handle = createOpenAiHandler(pool, { logger });
  const base = await listen((request, response) => void handle(request, response, { requestId: 'r-1' }));
  const url = `${base}/v1/chat/completions`;
  const call = (isStream: boolean) =>
    fetch(url, { method: 'POST', body: JSON.stringify({ model: 'm', stream: isStream, messages: [] }) });
  return { call, calls: () => calls, backend: () => pool.backends()[0] };
}

const OWN_FAULTS: [string, Error][] = [
  ...['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EAI_MEMORY', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EAGAIN'].map(
    (code): [string, Error] => [code, error(code)],
  ),
  ['a cause', error('UND_ERR_CONNECT', { cause: error('EMFILE') })],
  ['an unreachable address and no descriptor for the next', all('ECONNREFUSED', 'EMFILE')],
  ['no port for any address', all('EADDRNOTAVAIL', 'EADDRNOTAVAIL')],
];

describe.each([
  ['a stream', true],
  ['an answer in one piece', false],
])('a call for %s', (_, isStream) => {
  it.each(OWN_FAULTS)(
    'that fails by %s of this machine is answered with 503, and blames no model server',
    async (__, own) => {
      const { call, calls, backend } = await gateway();
      const before = backend()?.state;
      fault = own;
      for (let round = 0; round < 7; round++) {
        const answer = await call(isStream);
        expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
          503,
          '2',
          { error: { code: 'local_resources_exhausted', type: 'server_error' } },
        ]);
      }
      expect(logger.warn).toHaveBeenCalledWith(
        expect.objectContaining({ advice: expect.any(String) }),
        'models request refused',
      );
      expect(backend()).toMatchObject({ state: before, ejections: 0, own: { requests: 0 } });
      fault = undefined;
      expect((await call(isStream)).status).toBe(200);
      expect(calls()).toBe(1);
    },
  );

  it('is answered by a model server to which there is a connection', async () => {
    const other = await newServer((response) => void response.end('{}'));
    const { call, backend } = await gateway([other]);
    const before = backend()?.state;
    fault = error('EMFILE');
    for (let round = 0; round < 4; round++) expect((await call(isStream)).status).toBe(200);
    expect(backend()?.state).toBe(before);
  });
});

it.each(['ECONNREFUSED', 'EHOSTUNREACH', 'ENOTFOUND'])('%s is a fault of the model server', async (code) => {
  const { call, backend } = await gateway();
  fault = error(code);
  const answer = await call(true);
  expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'no_healthy_backends' } }]);
  expect(backend()?.state).toBe('unhealthy');
});
