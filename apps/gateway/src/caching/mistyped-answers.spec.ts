import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PresetGateways } from './testing/preset-gateways.js';

const METRIC = 'slipstream_response_cache_type_mismatches_total';
const gateways = new PresetGateways();

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(async () => {
  vi.useRealTimers();
  await gateways.close();
});

async function gateway(answer: RequestListener) {
  const { url, registry, lines } = await gateways.start(answer);
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
