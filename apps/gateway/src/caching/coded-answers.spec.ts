import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { improved } from './testing/improved-answer.js';
import { PresetGateways } from './testing/preset-gateways.js';
import { request, type Answer } from './testing/raw-request.js';

const gateways = new PresetGateways();
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'coded-'))));
afterEach(async () => {
  await gateways.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 }); // a thread may write its last file
});

const BROWSER = 'gzip, deflate, br, zstd';
const ACCEPT = { 'accept-encoding': BROWSER };
const SCRIPT = Buffer.from(Array.from({ length: 2_000 }, (_, i) => `export const v${i} = ${i * 7919};`).join('\n'));
const PATH = '/_app/immutable/a.js';

const coded = (url: string, headers: Record<string, string> = ACCEPT): Promise<Answer> => improved(url, headers);

interface Backend {
  readonly fields?: Record<string, string>;
  readonly body?: Buffer;
}

function backendOf({ fields = {}, body = SCRIPT }: Backend = {}) {
  const requests: IncomingMessage[] = [];
  const listener: RequestListener = (incoming, response) => {
    requests.push(incoming);
    const head = { 'content-type': 'text/javascript', etag: '"v1"', ...fields };
    if (incoming.headers['if-none-match'] === head.etag) return void response.writeHead(304, { etag: head.etag }).end();
    response.writeHead(200, head).end(body);
  };
  return { requests, listener };
}

const start = (listener: RequestListener, assets = {}) => gateways.start(listener, { directory, ...assets });

describe('a stored answer that all clients share', () => {
  it.each([
    [BROWSER, 'br', zlib.brotliDecompressSync],
    ['zstd, gzip;q=0.5', 'zstd', zlib.zstdDecompressSync],
    ['br;q=0, gzip', 'gzip', zlib.gunzipSync],
  ] as const)('goes out as it came, and then, for %s, in %s', async (accept, coding, decode) => {
    const { url } = await start(backendOf().listener);
    const headers = { 'accept-encoding': accept };
    const first = await request(url + PATH, headers);
    expect([first.headers['content-encoding'], first.body.equals(SCRIPT)]).toEqual([undefined, true]);
    const better = await coded(url + PATH, headers);
    expect(better.headers).toMatchObject({
      'content-encoding': coding,
      'content-length': String(better.body.length),
      etag: `"slipstream-${hash('sha256', SCRIPT, 'base64url')}-slipstream.${coding}"`,
      vary: 'Accept-Encoding',
      'cache-status': expect.stringMatching(/^slipstream; hit/) as string,
    });
    expect(decode(better.body).equals(SCRIPT)).toBe(true);
  });

  it('stays as it is for a client that accepts no coding', async () => {
    const { url } = await start(backendOf().listener);
    await request(url + PATH, ACCEPT);
    await coded(url + PATH);
    const without: Record<string, string>[] = [{}, { 'accept-encoding': 'identity' }, { 'accept-encoding': 'deflate' }];
    for (const headers of without) expect((await request(url + PATH, headers)).body.equals(SCRIPT)).toBe(true);
  });

  it('costs the backend one request, however clients write what they accept', async () => {
    const { listener, requests } = backendOf();
    const { url } = await start(listener);
    for (const accept of [BROWSER, 'br, gzip, zstd', 'ZSTD,BR,GZIP,x1', 'zstd, gzip, br, x2;q=0.1'])
      await request(url + PATH, { 'accept-encoding': accept });
    expect(requests.map(({ headers }) => headers['accept-encoding'])).toEqual(['br, zstd;q=0.8, gzip;q=0.7']);
  });

  it('has a coding better than the one that the backend sent', async () => {
    const body = zlib.brotliCompressSync(SCRIPT, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } });
    const { url } = await start(
      backendOf({ body, fields: { 'content-encoding': 'br', vary: 'Accept-Encoding' } }).listener,
    );
    await request(url + PATH, ACCEPT);
    const better = await coded(url + PATH);
    expect(better.body.length).toBeLessThan(body.length);
    expect(zlib.brotliDecompressSync(better.body).equals(SCRIPT)).toBe(true);
  });

  it('answers 304 and ranges by its own tag', async () => {
    const { url } = await start(backendOf().listener);
    await request(url + PATH, ACCEPT);
    const { body, headers } = await coded(url + PATH);
    const known = await request(url + PATH, { 'accept-encoding': BROWSER, 'if-none-match': headers.etag! });
    expect([known.statusCode, known.body.length]).toEqual([304, 0]);
    const part = await request(url + PATH, {
      'accept-encoding': BROWSER,
      range: 'bytes=10-29',
      'if-range': headers.etag!,
    });
    expect([part.statusCode, part.body.equals(body.subarray(10, 30))]).toEqual([206, true]);
    const other = await request(url + PATH, { 'accept-encoding': BROWSER, range: 'bytes=10-29', 'if-range': '"v1"' });
    expect([other.statusCode, other.body.equals(body)]).toEqual([200, true]);
  });

  it('is validated by the tag of the backend, and stays compressed', async () => {
    const { listener, requests } = backendOf();
    const { url } = await start(listener);
    await request(url + PATH, ACCEPT);
    const before = await coded(url + PATH);
    const after = await request(url + PATH, { 'accept-encoding': BROWSER, 'cache-control': 'no-cache' });
    expect(requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"']);
    expect([after.statusCode, after.headers.etag, after.body.equals(before.body)]).toEqual([
      200,
      before.headers.etag,
      true,
    ]);
  });

  it('gets a tag if the backend sent none, which the backend never sees', async () => {
    const { requests } = backendOf();
    const listener: RequestListener = (incoming, response) => {
      requests.push(incoming);
      response.writeHead(200, { 'content-type': 'text/css' }).end(SCRIPT);
    };
    const { url } = await start(listener);
    await request(url + '/_app/immutable/a.css', ACCEPT);
    const { headers } = await coded(url + '/_app/immutable/a.css');
    expect(headers.etag).toMatch(/^"slipstream-[\w-]{43}-slipstream\.br"$/);
    await request(url + '/_app/immutable/a.css', { 'accept-encoding': BROWSER, 'cache-control': 'no-cache' });
    expect(requests.map((incoming) => incoming.headers['if-none-match'])).toEqual([undefined, undefined]);
  });
});

/** The sentinel is requested later and therefore compressed later: once it is, the other answer would have been. */
async function staysAsItCame(url: string, path: string, headers: Record<string, string> = {}): Promise<void> {
  const sent = { 'accept-encoding': BROWSER, ...headers };
  await request(url + path, sent);
  await request(url + '/_app/immutable/sentinel.js', ACCEPT);
  await coded(url + '/_app/immutable/sentinel.js');
  expect((await request(url + path, sent)).headers['content-encoding']).toBeUndefined();
}

describe('an answer is never compressed', () => {
  const TOKEN = { cookie: `token=x.${Buffer.from('{"id":"7"}').toString('base64url')}.y` };
  const only = (path: string, fields: Record<string, string>, body = SCRIPT): RequestListener => {
    const special = backendOf({ fields, body }).listener;
    const ordinary = backendOf().listener;
    return (incoming, response) => (incoming.url === path ? special : ordinary)(incoming, response);
  };

  it.each([
    ['if it is for one user', '/api/config', { 'content-type': 'application/json' }, TOKEN],
    ['if the backend says no-transform', PATH, { 'cache-control': 'public, max-age=60, no-transform' }, {}],
    ['if its type does not get smaller', '/_app/immutable/a.png', { 'content-type': 'image/png' }, {}],
    ['if it is an event stream', '/static/events', { 'content-type': 'text/event-stream' }, {}],
    ['if its path has no rule', '/unknown.js', { 'cache-control': 'max-age=60' }, {}],
  ] as const)('%s', async (_, path, fields, headers) => {
    const { url } = await start(only(path, fields));
    await staysAsItCame(url, path, headers);
  });

  it('if it is small', async () => {
    const { url } = await start(only(PATH, {}, Buffer.from('x'.repeat(1000))));
    await staysAsItCame(url, PATH);
  });

  it('if the setting says so', async () => {
    const { url } = await start(backendOf().listener, { compression: false });
    for (let i = 0; i < 2; i++) {
      const { headers } = await request(url + PATH, ACCEPT);
      expect([headers['content-encoding'], headers.vary]).toEqual([undefined, undefined]);
    }
  });
});
