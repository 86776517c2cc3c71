import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { PresetGateways } from './testing/preset-gateways.js';

const gateways = new PresetGateways();
afterEach(() => gateways.close());

const IMMUTABLE = 'public, max-age=31536000, immutable';

/** A backend that answers each path with the type of its extension and the given fields. */
const backend =
  (fields: Record<string, string> = {}): RequestListener =>
  (request, response) =>
    void response
      .writeHead(200, { 'content-type': request.url?.endsWith('.js') ? 'text/javascript' : 'text/html', ...fields })
      .end('x');

async function controlsOf(url: string, path: string): Promise<(string | null)[]> {
  const controls: (string | null)[] = [];
  for (let i = 0; i < 2; i++) controls.push((await fetch(url + path)).headers.get('cache-control'));
  return controls;
}

describe('a backend without Cache-Control', () => {
  it.each([
    ['/_app/immutable/a.js', IMMUTABLE],
    ['/static/loader.js', 'public, max-age=300, stale-while-revalidate=604800'],
    ['/', 'no-cache'],
    ['/api/v1/users/7/profile/image', null],
    ['/api/config', null],
    ['/unknown.js', null],
  ])('answers %s, at a miss and at a hit, with %s', async (path, control) => {
    const { url } = await gateways.start(backend());
    expect(await controlsOf(url, path)).toEqual([control, control]);
  });

  it('is left alone if the setting says so', async () => {
    const { url } = await gateways.start(backend(), { cacheControl: false });
    expect(await controlsOf(url, '/_app/immutable/a.js')).toEqual([null, null]);
  });
});

it.each([
  ['cache-control', 'private, max-age=5', 'private, max-age=5'],
  ['expires', 'Thu, 01 Jan 2026 00:00:00 GMT', null],
])('the directives of a backend that sends %s: %s apply', async (name, value, control) => {
  const { url } = await gateways.start(backend({ [name]: value }));
  expect(await controlsOf(url, '/_app/immutable/a.js')).toEqual([control, control]);
});
