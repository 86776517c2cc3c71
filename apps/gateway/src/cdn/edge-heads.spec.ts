import { afterEach, describe, expect, it } from 'vitest';
import { request } from '../caching/testing/raw-request.js';
import { PresetGateways } from '../caching/testing/preset-gateways.js';

const gateways = new PresetGateways();
afterEach(() => gateways.close());

const CDN = { url: 'https://cdn.example', tagField: 'surrogate-key' };
const YEAR = 'public, max-age=31536000';
const USER = { cookie: 'token=a.b.c' };

/** Cache-Control and CDN-Cache-Control of two answers to the same request: a miss, and a hit if it is stored. */
async function headsOf(sent: Record<string, string>, path: string, fields = {}): Promise<[unknown, unknown][]> {
  const { url } = await gateways.start(
    (_, response) => void response.writeHead(200, { 'content-type': 'image/png', ...sent }).end('x'),
    {},
    CDN,
  );
  const heads: [unknown, unknown][] = [];
  for (let i = 0; i < 2; i++) {
    const { headers } = await request(url + path, fields);
    heads.push([headers['cache-control'], headers['cdn-cache-control']]);
  }
  return heads;
}

describe('behind a network, with the rules of Open WebUI', () => {
  it.each<[path: string, sent: Record<string, string>, control: string | undefined, edge: string | undefined]>([
    ['/_app/immutable/a.png', {}, `${YEAR}, immutable`, 'max-age=31536000'],
    [
      '/static/a.png',
      {},
      'public, max-age=300, stale-while-revalidate=604800', // the preset's, not the specification's
      'max-age=300, stale-while-revalidate=604800, stale-if-error=3600',
    ],
    ['/static/a.png', { 'cache-control': 'max-age=5' }, 'max-age=5', undefined],
    ['/', { 'content-type': 'text/html' }, 'no-cache', 'max-age=5, stale-while-revalidate=60, stale-if-error=3600'],
    // private and never go before what the backend says
    ['/api/v1/users/7/profile/image', {}, 'private', 'no-store'],
    ['/api/v1/users/7/profile/image', { 'cache-control': YEAR }, 'private, max-age=31536000', 'no-store'],
    [
      '/api/v1/auths/',
      { 'cache-control': YEAR, 'cdn-cache-control': 'max-age=9' },
      'private, max-age=31536000',
      'no-store',
    ],
    // no rule
    ['/unknown.png', {}, undefined, 'no-store'],
    ['/unknown.png', { 'cache-control': YEAR }, YEAR, undefined],
    ['/unknown.png', { 'set-cookie': 'a=1' }, undefined, 'no-store'],
  ])('%s with %j gets %s and %s, at a miss and at a hit', async (path, sent, control, edge) => {
    const heads = await headsOf(sent, path, USER);
    expect(heads).toEqual([
      [control, edge],
      [control, edge],
    ]);
  });
});

it('an answer of class private is still stored here', async () => {
  let requests = 0;
  const { url } = await gateways.start(
    (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(String(++requests)),
    {},
    CDN,
  );
  for (let i = 0; i < 3; i++) expect(String((await request(`${url}/api/models`, USER)).body)).toBe('1');
});
