import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { improved } from './testing/improved-answer.js';
import { pngOf } from './testing/png.js';
import { PresetGateways } from './testing/preset-gateways.js';
import { request } from './testing/raw-request.js';

const gateways = new PresetGateways();
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'forms-'))));
afterEach(async () => {
  await gateways.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 }); // a thread may write its last file
});

const CHROME = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';
const WEBP_ONLY = 'image/webp,*/*';
const ANY = 'image/png,image/*;q=0.8,*/*;q=0.5';
const PNG = pngOf(200, 100);
const FONT = readFileSync(
  createRequire(import.meta.url).resolve('http-cache-tests/asset/fonts/fontawesome-webfont.ttf'),
);

/** The entity tag of a content, without its last quotation mark. */
const tagOf = (content: Buffer): string => `"slipstream-${hash('sha256', content, 'base64url')}`;

function backendOf(fields: Record<string, string> = {}) {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (incoming, response) => {
    requests.push(incoming);
    const isFont = incoming.url?.includes('.ttf') === true;
    const head = { 'content-type': isFont ? 'font/ttf' : 'image/png', etag: '"v1"', ...fields };
    if (incoming.headers['if-none-match'] === '"v1"') return void response.writeHead(304, { etag: '"v1"' }).end();
    response.writeHead(200, head).end(isFont ? FONT : PNG);
  };
  return { requests, listener };
}

const start = (listener: RequestListener, assets = {}) => gateways.start(listener, { directory, ...assets });
const IMAGE = '/static/a.png';

describe('an image', () => {
  it('goes out as it came, and then in the format that each client accepts', async () => {
    const { listener, requests } = backendOf();
    const { url } = await start(listener);
    for (const accept of [CHROME, WEBP_ONLY, ANY]) {
      const { headers, body } = await request(url + IMAGE, { accept });
      expect([headers['content-type'], headers.vary, body.equals(PNG)]).toEqual(['image/png', 'accept', true]);
    }
    const avif = await improved(url + IMAGE, { accept: CHROME });
    const webp = await improved(url + IMAGE, { accept: WEBP_ONLY });
    expect([avif.headers['content-type'], webp.headers['content-type']]).toEqual([
      expect.stringMatching(/^image\/(avif|webp)$/),
      'image/webp',
    ]);
    for (const { headers, body } of [avif, webp]) {
      const [, format] = headers['content-type']!.split('/');
      expect(headers).toMatchObject({ vary: 'accept', etag: `${tagOf(PNG)}-slipstream.${format}"` });
      expect(headers).not.toHaveProperty('content-encoding');
      expect([Number(headers['content-length']), body.length < PNG.length]).toEqual([body.length, true]);
    }
    const plain = await request(url + IMAGE, { accept: ANY });
    expect([plain.headers['content-type'], plain.headers.etag, plain.body.equals(PNG)]).toEqual([
      'image/png',
      `${tagOf(PNG)}"`,
      true,
    ]);
    expect(requests).toHaveLength(3);
  });

  it('costs the backend one request per class, whatever clients send', async () => {
    const { listener, requests } = backendOf();
    const { url } = await start(listener);
    for (let i = 0; i < 10; i++) {
      await request(url + IMAGE, { accept: `image/webp;q=0.${i + 1},x/y${i}` });
      await request(url + IMAGE, { accept: `x/y${i}, image/webp;q=0` });
      await request(url + IMAGE, { accept: `image/webp, image/avif;q=0.5, x/y${i}` });
    }
    expect(requests).toHaveLength(3);
  });

  it('gets an allowed width', async () => {
    const { url } = await start(backendOf().listener);
    const path = `${IMAGE}?w=64&q=50`;
    await request(url + path, { accept: ANY });
    const { headers, body } = await improved(url + path, { accept: ANY });
    expect([headers['content-type'], body.readUInt32BE(16)]).toEqual(['image/png', 64]);
  });

  it.each(['w=-1', 'w=1e9', 'w=65', 'w=64.0', 'w=', 'w=%00', 'q=0', 'q=101', 'q=abc'])('ignores %s', async (query) => {
    const { url } = await start(backendOf().listener);
    const path = `${IMAGE}?${query}`;
    await request(url + path, { accept: WEBP_ONLY });
    const { body } = await improved(url + path, { accept: WEBP_ONLY });
    expect(1 + (body.readUInt16LE(21) & 0x3fff)).toBe(200); // the width in the header of lossless WebP
    await request(url + path, { accept: ANY });
    expect((await request(url + path, { accept: ANY })).body.equals(PNG)).toBe(true);
  });

  it('is made once per width, however many URLs clients request', async () => {
    const { url } = await start(backendOf().listener);
    for (const query of ['w=64', 'w=64&x=1', 'w=64&x=2', 'w=-1', 'w=1e9', 'w=1', 'w=2', 'w=3', 'x=1', 'q=1', '']) {
      await request(`${url}${IMAGE}?${query}`, { accept: WEBP_ONLY });
      await improved(`${url}${IMAGE}?${query}`, { accept: WEBP_ONLY });
    }
    expect(readdirSync(directory)).toHaveLength(2);
  });

  it('answers 304 and ranges by the tag of its form, and keeps the form when it is validated', async () => {
    const { listener, requests } = backendOf();
    const { url } = await start(listener);
    const accept = WEBP_ONLY;
    await request(url + IMAGE, { accept });
    const { headers, body } = await improved(url + IMAGE, { accept });
    expect((await request(url + IMAGE, { accept, 'if-none-match': headers.etag! })).statusCode).toBe(304);
    const part = await request(url + IMAGE, { accept, range: 'bytes=2-9', 'if-range': headers.etag! });
    expect([part.statusCode, part.body.equals(body.subarray(2, 10))]).toEqual([206, true]);
    expect((await request(url + IMAGE, { accept, range: 'bytes=2-9', 'if-range': '"v1"' })).statusCode).toBe(200);
    for (let i = 0; i < 2; i++) {
      const validated = await request(url + IMAGE, { accept, 'cache-control': 'no-cache' });
      expect(validated.headers).toMatchObject({
        'content-type': 'image/webp',
        vary: expect.stringContaining('accept') as string,
      });
      expect(validated.body.equals(body)).toBe(true);
    }
    expect(requests.map((incoming) => incoming.headers['if-none-match'])).toEqual([undefined, '"v1"', '"v1"']);
    expect((await request(url + IMAGE, { accept: ANY })).body.equals(PNG)).toBe(true);
  });

  it.each([
    ['is for one user', '/api/v1/users/7/profile/image', {}, {}],
    ['has no rule', '/unknown.png', { 'cache-control': 'max-age=60' }, {}],
    ['is negotiated by the backend', IMAGE, { vary: 'Accept' }, {}],
    ['must not be transformed', IMAGE, { 'cache-control': 'max-age=60, no-transform' }, {}],
    ['is excluded by the setting', IMAGE, {}, { images: false }],
  ] as const)('stays as it is if it %s', async (_, path, fields, settings) => {
    const special = backendOf(fields).listener;
    const ordinary = backendOf().listener;
    const { url } = await start(
      (incoming, response) => (incoming.url === path ? special : ordinary)(incoming, response),
      settings,
    );
    const cookie = `token=x.${Buffer.from('{"id":"7"}').toString('base64url')}.y`;
    await request(url + path, { accept: WEBP_ONLY, cookie });
    if (!('images' in settings)) {
      await request(`${url}/static/sentinel.png`, { accept: WEBP_ONLY });
      await improved(`${url}/static/sentinel.png`, { accept: WEBP_ONLY });
    }
    expect((await request(url + path, { accept: WEBP_ONLY, cookie })).body.equals(PNG)).toBe(true);
  });
});

describe('a font', () => {
  const path = '/assets/a.ttf';
  const accepted = { 'accept-encoding': 'gzip, br' };
  const asFont = { ...accepted, 'sec-fetch-dest': 'font' };

  it(
    'becomes WOFF2 for browsers that load it as a font, and is compressed for others',
    { timeout: 60_000 },
    async () => {
      const { url } = await start(backendOf().listener);
      await request(url + path, asFont);
      const woff2 = await improved(url + path, asFont);
      expect(woff2.headers).toMatchObject({ 'content-type': 'font/woff2', etag: `${tagOf(FONT)}-slipstream.woff2"` });
      expect(woff2.headers.vary).toBe('Accept-Encoding, sec-fetch-dest');
      expect([woff2.headers['content-encoding'], woff2.body.toString('latin1', 0, 4)]).toEqual([undefined, 'wOF2']);
      for (const other of [accepted, { ...accepted, 'sec-fetch-dest': 'empty' }]) {
        await request(url + path, other);
        const { headers } = await improved(url + path, other);
        expect(headers).toMatchObject({
          'content-type': 'font/ttf',
          'content-encoding': 'br',
          etag: `${tagOf(FONT)}-slipstream.br"`,
        });
      }
    },
  );
});
