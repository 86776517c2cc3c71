import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LoadBalancer } from '@slipstream/balancer';
import { loadConfig } from '@slipstream/config';
import { createWebProxy } from '@slipstream/proxy';
import { silentBus } from '@slipstream/redis';
import { createTelemetry } from '@slipstream/telemetry';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LocalListeners } from '../http/testing/local-listeners.js';
import { sendProblem } from '@slipstream/http';
import type { Settings } from '@slipstream/runtime';
import { createResponseCaching } from './response-caching.js';

const METRIC = 'slipstream_response_cache_type_mismatches_total';
const listeners = new LocalListeners();
const closers: (() => unknown)[] = [];

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(async () => {
  vi.useRealTimers();
  listeners.close();
  for (const close of closers.splice(0)) await close();
});

/** A gateway with the cache rules of Open WebUI before this backend. */
async function gateway(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const backend = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { WEB_BACKENDS: backend, WEB_PRESET: 'open-webui' };
  const config = await loadConfig({ service: 'gateway', env, cwd: import.meta.dirname });
  const lines: Record<string, unknown>[] = [];
  const telemetry = createTelemetry({
    processName: 'gateway',
    level: 'warn',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const { registry, logger } = telemetry;
  const settings: Settings = { current: config, follow: (map) => map(config) };
  const stores = { bus: silentBus, purges: undefined };
  const caching = createResponseCaching(config, { ...stores, settings }, { registry, logger });
  const balancer = new LoadBalancer({
    name: 'web',
    backends: [{ url: backend }],
    healthCheck: { probe: async () => {} },
    logger,
  });
  const limits = { connectTimeoutMs: 5_000, headersTimeoutMs: 30_000, idleTimeoutMs: 30_000 };
  const web = createWebProxy({ balancer, ...limits, caching, refuse: sendProblem, logger });
  web.setBackends([backend]);
  closers.push(
    () => web.close(),
    () => server.close(),
  );
  const { url } = await listeners.start(web.request);
  const status = async (path: string, method = 'GET') =>
    (await fetch(url + path, { method })).headers.get('cache-status');
  const count = async () => (await registry.getMetricsAsJSON()).find(({ name }) => name === METRIC)?.values[0]?.value;
  return { status, count, lines };
}

const startPage: RequestListener = (_, response) =>
  void response.setHeader('content-type', 'text/html').setHeader('cache-control', 'max-age=60').end('<html>');

it('counts each answer whose content type does not fit its path, and logs at most one line per minute', async () => {
  const { status, count, lines } = await gateway(startPage);
  expect([await count(), lines]).toEqual([0, []]);
  expect(await status('/_app/immutable/a.css')).toMatch(/; detail=type-mismatch$/);
  expect([await count(), lines.length]).toEqual([1, 1]);
  expect(lines[0]).toMatchObject({
    level: 'warn',
    total: 1,
    msg: expect.stringMatching(/content type .* was not stored\. .*check that all backends/),
  });
  expect(await status('/_app/immutable/b.js', 'HEAD')).toMatch(/; detail=type-mismatch$/);
  expect(await status('/_app/immutable/a.css')).toMatch(/; detail=type-mismatch$/);
  expect([await count(), lines.length]).toEqual([3, 1]);
  vi.advanceTimersByTime(60_000);
  await status('/_app/immutable/a.css');
  expect([await count(), lines.map(({ total }) => total)]).toEqual([4, [1, 4]]);
});

it.each([
  ['a type that fits', '/_app/immutable/a.css', 'text/css', 200],
  ['an error', '/_app/immutable/a.css', 'text/html', 404],
  ['a path without a rule for immutable files', '/a.css', 'text/html', 200],
  ['a path without an extension', '/_app/immutable/a', 'text/html', 200],
])('neither counts nor logs %s', async (_, path, type, statusCode) => {
  const { status, count, lines } = await gateway(
    (__, response) => void response.writeHead(statusCode, { 'content-type': type }).end(),
  );
  expect(await status(path)).not.toMatch(/type-mismatch/);
  expect([await count(), lines]).toEqual([0, []]);
});
