import { gunzipSync, gzipSync } from 'node:zlib';
import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PresetGateways } from '../caching/testing/preset-gateways.js';
import { request } from '../caching/testing/raw-request.js';

const gateways = new PresetGateways();
afterEach(() => gateways.close());

const CDN = { url: 'https://cdn.example' };
const SCRIPT = '/_app/immutable/a.js';
const PAGE = `<!doctype html><script src="${SCRIPT}"></script>${'text '.repeat(400)}`;
const AT_CDN = PAGE.replace(SCRIPT, `https://cdn.example${SCRIPT}`);
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** A backend that compresses where it may. */
const backend =
  (fields: Record<string, string> = {}): RequestListener =>
  ({ headers }, response) => {
    const mayZip = /gzip/.test(headers['accept-encoding'] ?? '');
    response
      .writeHead(200, { 'content-type': 'text/html', ...(mayZip && { 'content-encoding': 'gzip' }), ...fields })
      .end(mayZip ? gzipSync(PAGE) : PAGE);
  };

describe('a page', () => {
  it.each(['/', '/c/42'])('at %s refers to the network, stored or not', async (path) => {
    const { url } = await gateways.start(backend({ etag: '"1"' }), {}, CDN);
    for (let i = 0; i < 2; i++) {
      const { headers, body } = await request(url + path, { ...BROWSER, 'accept-encoding': 'gzip, br' });
      if (headers['content-encoding'] === undefined) expect(String(body)).toBe(AT_CDN);
      expect(headers.etag).toMatch(/^"1-slipstream\.cdn/);
    }
  });

  it('that is stored is compressed again', async () => {
    const { url } = await gateways.start(backend({ etag: '"1"' }), {}, CDN);
    await vi.waitFor(
      async () => {
        const { headers, body } = await request(`${url}/`, { ...BROWSER, 'accept-encoding': 'gzip' });
        expect(headers['content-encoding']).toBe('gzip');
        expect(headers.etag).toBe('"1-slipstream.cdn-slipstream.gzip"');
        expect(String(gunzipSync(body))).toBe(AT_CDN);
      },
      { timeout: 15_000, interval: 50 },
    );
  });

  it.each<[string, object, Record<string, string>]>([
    ['without a network', {}, {}],
    ['if no reference is to be changed', { ...CDN, rewrites: [] }, {}],
    ['whose policy does not allow the network', CDN, { 'content-security-policy': "default-src 'self'" }],
    ['that must not be changed', CDN, { 'cache-control': 'no-transform' }],
    ['whose embedder policy needs CORP', CDN, { 'cross-origin-embedder-policy': 'require-corp' }],
    ['in UTF-16', CDN, { 'content-type': 'text/html; charset=utf-16' }],
    ['that is no HTML', CDN, { 'content-type': 'text/plain' }],
  ])('stays as it is %s', async (_, cdn, fields) => {
    const { url } = await gateways.start(backend(fields), { compression: false }, cdn);
    expect(String((await request(`${url}/`, BROWSER)).body)).toBe(PAGE);
  });

  it('that comes compressed although it was not to be is sent as it is', async () => {
    const { url } = await gateways.start(
      (_, response) =>
        void response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end(gzipSync(PAGE)),
      {},
      CDN,
    );
    expect(String(gunzipSync((await request(`${url}/`, BROWSER)).body))).toBe(PAGE);
  });

  it('answers HEAD with the tag of GET', async () => {
    const { url } = await gateways.start(backend({ etag: 'W/"1"' }), {}, CDN);
    const response = await fetch(`${url}/`, { method: 'HEAD', headers: BROWSER });
    expect(response.headers.get('etag')).toBe('W/"1-slipstream.cdn"');
  });
});

describe('a public answer without an entity tag', () => {
  it('gets one, by which it is revalidated and sent in parts', async () => {
    const { url } = await gateways.start(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/javascript' }).end('0123456789'),
    );
    await request(url + SCRIPT, {});
    const { headers } = await request(url + SCRIPT, {});
    const etag = headers.etag!;
    expect(etag).toMatch(/^"slipstream-/);
    expect((await request(url + SCRIPT, { 'if-none-match': etag })).statusCode).toBe(304);
    const part = await request(url + SCRIPT, { range: 'bytes=2-4', 'if-range': etag });
    expect([part.statusCode, String(part.body)]).toEqual([206, '234']);
    const other = await request(url + SCRIPT, { range: 'bytes=2-4', 'if-range': '"other"' });
    expect([other.statusCode, String(other.body)]).toEqual([200, '0123456789']);
  });

  it('of a user gets none', async () => {
    const { url } = await gateways.start((_, response) => void response.end('x'));
    for (let i = 0; i < 2; i++)
      expect((await request(`${url}/api/models`, { cookie: 'token=a.b.c' })).headers.etag).toBeUndefined();
  });
});

it('a compressed form is sent in parts of its own bytes', async () => {
  const text = 'const a = 1;\n'.repeat(500);
  const { url } = await gateways.start(
    (_, response) => void response.writeHead(200, { 'content-type': 'text/javascript', etag: '"1"' }).end(text),
  );
  const gzip = { 'accept-encoding': 'gzip' };
  const whole = await vi.waitFor(
    async () => {
      const answer = await request(url + SCRIPT, gzip);
      expect(answer.headers['content-encoding']).toBe('gzip');
      return answer;
    },
    { timeout: 15_000, interval: 50 },
  );
  const etag = whole.headers.etag!;
  const first = await request(url + SCRIPT, { ...gzip, range: 'bytes=0-19', 'if-range': etag });
  const rest = await request(url + SCRIPT, { ...gzip, range: 'bytes=20-', 'if-range': etag });
  expect([first.statusCode, rest.statusCode]).toEqual([206, 206]);
  expect(String(gunzipSync(Buffer.concat([first.body, rest.body])))).toBe(text);
});
