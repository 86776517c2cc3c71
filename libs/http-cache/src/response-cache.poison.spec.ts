import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ResponseCacheOptions } from './index.js';
import { ask } from './testing/ask.js';
import { CachingProxy } from './testing/caching-proxy.js';
import { Origin } from './testing/origin.js';

const FRESH = { 'Cache-Control': 'max-age=60', ETag: '"1"' };
const answering =
  (statusCode: number, headers: Record<string, string> = {}, text = 'odd'): RequestListener =>
  (_, response) =>
    void response.writeHead(statusCode, headers).end(text);

describe('one odd answer', () => {
  let origin: Origin;
  let proxy: CachingProxy;
  const observer = { mistyped: vi.fn() };
  const options: ResponseCacheOptions = { observer };

  beforeEach(async () => {
    observer.mistyped.mockClear();
    origin = await Origin.start(answering(200, FRESH, 'whole'));
    proxy = await CachingProxy.before(origin, options);
  });
  afterEach(async () => {
    await proxy?.close();
    origin?.close();
  });

  describe.each([
    ['no rule', undefined],
    ['a rule for everybody', { scope: 'public', ttlMs: 60_000 } as const],
  ])('to how one client asked, with %s', (_, rule) => {
    beforeEach(() => void (proxy.describe = () => ({ rule })));

    it.each<[string, Record<string, string>, number, Record<string, string>]>([
      ['416 to a range', { range: 'bytes=999999-' }, 416, FRESH],
      ['206 to a range', { range: 'bytes=0-2' }, 206, { ...FRESH, 'Content-Range': 'bytes 0-2/5' }],
      ['200 with Content-Range to a range', { range: 'bytes=0-2' }, 200, { ...FRESH, 'Content-Range': 'bytes 0-2/5' }],
      ['206 to no range', {}, 206, FRESH],
      [
        'several parts',
        { range: 'bytes=0-1,3-4' },
        206,
        { ...FRESH, 'Content-Type': 'multipart/byteranges; boundary=x' },
      ],
      [
        'several parts with 200',
        { range: 'bytes=0-1,3-4' },
        200,
        { ...FRESH, 'Content-Type': 'multipart/byteranges; boundary=x' },
      ],
      ['200 to a range', { range: 'bytes=0-2' }, 200, FRESH],
      ['400 to a range', { range: 'bytes=-' }, 400, FRESH],
      ['404 to a range', { range: 'bytes=0-2' }, 404, FRESH],
      ['410 to a range', { range: 'bytes=0-2', 'if-range': '"1"' }, 410, FRESH],
      ['412 to If-Match', { 'if-match': '"2"' }, 412, FRESH],
      ['404 to If-Match', { 'if-match': '"2"' }, 404, FRESH],
      ['412 to If-Unmodified-Since', { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }, 412, FRESH],
      ['417 to an expectation', { expect: 'x' }, 417, FRESH],
      ['406 to Accept', { accept: 'x/y' }, 406, FRESH],
      ['429 to too many', {}, 429, FRESH],
      ['431 to large fields', { 'x-large': 'x'.repeat(5_000) }, 431, FRESH],
      ['408 to a slow one', {}, 408, FRESH],
    ])('is not stored: %s', async (_, headers, statusCode, answer) => {
      origin.answer = (request, response) =>
        request.headers.expect
          ? response.writeHead(417, FRESH).end('odd')
          : answering(statusCode, answer)(request, response);
      const first = await ask(`${proxy.url}/a`, { headers: { ...headers, connection: 'close' } });
      expect(first.status).toBe(statusCode);
      origin.answer = answering(200, FRESH, 'whole');
      expect((await ask(`${proxy.url}/a`)).text).toBe('whole');
      // nor does it keep the URL from being shared
      expect((await ask(`${proxy.url}/a`)).headers['cache-status']).toMatch(/hit/);
    });

    it.each(['HEAD', 'GET'])('is not stored: 404 to %s with content', async (method) => {
      origin.answer = answering(404, FRESH);
      await ask(`${proxy.url}/a`, {
        method,
        headers: { 'content-length': '1' },
        body: method === 'GET' ? 'x' : undefined,
      }).catch(() => {});
      origin.answer = answering(200, FRESH, 'whole');
      expect((await ask(`${proxy.url}/a`)).text).toBe('whole');
    });

    it.each([400, 408, 412, 416, 429, 500, 503])('%d leaves what is stored as it is', async (statusCode) => {
      await ask(`${proxy.url}/a`);
      await proxy.cache.purge({ type: 'everything' }, { isSoft: true });
      origin.answer = answering(statusCode);
      await ask(`${proxy.url}/a`);
      origin.answer = (request, response) =>
        request.headers['if-none-match'] === '"1"'
          ? answering(304, FRESH)(request, response)
          : answering(200, FRESH, 'new')(request, response);
      expect((await ask(`${proxy.url}/a`)).text).toBe('whole');
    });
  });

  /** What each answer says of the next one's being for several. */
  describe.each([400, 401, 403, 404, 405, 410, 429, 451, 500, 501, 502, 503, 504, 599])('with %d', (statusCode) => {
    it.each<[string, Record<string, string>]>([
      ['nothing', {}],
      ['no-store', { 'Cache-Control': 'no-store' }],
      ['private', { 'Cache-Control': 'private, max-age=60' }],
      ['a cookie', { 'Set-Cookie': 'a=1', 'Cache-Control': 'max-age=60' }],
      ['Vary: *', { Vary: '*', 'Cache-Control': 'max-age=60' }],
    ])('and %s does not make its URL unshareable', async (_, headers) => {
      origin.answer = answering(statusCode, headers);
      await ask(`${proxy.url}/a`);
      origin.answer = answering(200, FRESH, 'whole');
      await ask(`${proxy.url}/a`);
      expect((await ask(`${proxy.url}/a`)).headers['cache-status']).toMatch(/hit/);
    });
  });

  it('that breaks off, or none at all, does not make its URL unshareable', async () => {
    for (const broken of [
      (_: unknown, response: { destroy(): void }) => response.destroy(),
      (_: unknown, response: Parameters<RequestListener>[1]) =>
        response.writeHead(200, FRESH).write('x', () => response.destroy()),
    ]) {
      origin.answer = broken as RequestListener;
      await ask(`${proxy.url}/a`).catch(() => {});
      origin.answer = answering(200, FRESH, 'whole');
      await ask(`${proxy.url}/a`);
      expect((await ask(`${proxy.url}/a`)).headers['cache-status']).toMatch(/hit/);
      await proxy.cache.purge({ type: 'everything' });
    }
  });

  it.each<[string, Record<string, string>]>([
    ['no-store', { 'Cache-Control': 'no-store' }],
    ['private', { 'Cache-Control': 'private' }],
    ['a cookie', { 'Set-Cookie': 'a=1', 'Cache-Control': 'max-age=60' }],
    ['nothing', {}],
  ])('with 200 and %s makes its URL unshareable for a while', async (_, headers) => {
    origin.answer = answering(200, headers);
    await ask(`${proxy.url}/a`);
    origin.answer = answering(200, FRESH, 'whole');
    await ask(`${proxy.url}/a`);
    expect((await ask(`${proxy.url}/a`)).headers['cache-status']).not.toMatch(/hit/);
  });

  describe('of a type that its path can’t have, under a rule for files that never change', () => {
    const rule = { scope: 'public', ttlMs: 60_000, checksType: true } as const;
    beforeEach(() => void (proxy.describe = () => ({ rule })));
    const IMMUTABLE = 'public, max-age=31536000, immutable';

    it.each([
      'css',
      'js',
      'mjs',
      'json',
      'map',
      'wasm',
      'woff',
      'woff2',
      'ttf',
      'otf',
      'png',
      'jpg',
      'svg',
      'webp',
      'ico',
      'mp3',
      'CSS',
    ])('.%s as text/html is stored neither here nor in browsers', async (extension) => {
      origin.answer = answering(
        200,
        {
          'Content-Type': 'text/html; charset=utf-8',
          'Cache-Control': IMMUTABLE,
          Expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
        },
        '<html>',
      );
      const first = await ask(`${proxy.url}/_app/immutable/x.${extension}?v=1`);
      expect(first).toMatchObject({
        status: 200,
        text: '<html>',
        headers: { 'cache-control': 'no-store', 'cache-status': expect.stringContaining('detail=type-mismatch') },
      });
      expect([first.headers.expires, observer.mistyped.mock.calls.length, proxy.cache.usage.entries]).toEqual([
        undefined,
        1,
        0,
      ]);
      const head = await ask(`${proxy.url}/_app/immutable/x.${extension}?v=1`, { method: 'HEAD' });
      expect(head.headers).toMatchObject({
        'cache-control': 'no-store',
        'cache-status': expect.stringContaining('detail=type-mismatch'),
      });
    });

    it.each([
      ['css', 'text/css; charset=utf-8'],
      ['js', 'text/javascript'],
      ['js', 'application/javascript'],
      ['mjs', 'application/x-javascript'],
      ['json', 'application/json'],
      ['json', 'application/ld+json'],
      ['map', 'text/plain'],
      ['wasm', 'application/wasm'],
      ['woff2', 'font/woff2'],
      ['woff2', 'text/plain; charset=utf-8'], // as Starlette has it where the system does not know the extension
      ['woff', 'application/font-woff'],
      ['ttf', 'application/octet-stream'],
      ['png', 'image/png'],
      ['jpg', 'image/webp'],
      ['svg', 'image/svg+xml'],
      ['html', 'text/html'],
      ['d41d8cd9', 'text/html'],
      ['js.html', 'text/html'],
    ])('does not mean .%s as %s', async (extension, type) => {
      origin.answer = answering(200, { 'Content-Type': type, 'Cache-Control': IMMUTABLE });
      const url = `${proxy.url}/_app/immutable/x.${extension}`;
      await ask(url);
      const second = await ask(url);
      expect([
        second.headers['cache-status'],
        second.headers['cache-control'],
        observer.mistyped.mock.calls.length,
      ]).toEqual([expect.stringContaining('; hit'), IMMUTABLE, 0]);
    });

    it.each([301, 308])('nor is a %d stored for a year', async (statusCode) => {
      origin.answer = answering(statusCode, { Location: '/' });
      await ask(`${proxy.url}/_app/immutable/x.js`);
      expect(proxy.cache.usage.entries).toBe(0);
    });
  });
});
