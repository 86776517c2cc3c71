import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { NOISE, pngOf } from './testing/png.js';
import { PresetGateways } from './testing/preset-gateways.js';
import { request, type Answer } from './testing/raw-request.js';

const WAIT = { timeout: 240_000, interval: 20 };
const linesOf = (name: string): string =>
  Array.from({ length: 2_000 }, (_, i) => `export const v${i} = ${i * 7919};`).join('\n') + name;
const DICTIONARY = Buffer.from(linesOf('/_app/immutable/old.js'));
const FONT = readFileSync(
  createRequire(import.meta.url).resolve('http-cache-tests/asset/fonts/fontawesome-webfont.ttf'),
);
const FILES: Readonly<Record<string, readonly [type: string, body: Buffer | string]>> = {
  '/_app/immutable/old.js': ['text/javascript', DICTIONARY],
  '/_app/immutable/new.js': ['text/javascript', linesOf('/_app/immutable/new.js')],
  '/static/waves.png': ['image/png', pngOf(200, 100)],
  '/static/noise.png': ['image/png', pngOf(200, 100, NOISE)],
  '/_app/immutable/a.ttf': ['font/ttf', FONT],
};

const backend: RequestListener = ({ url = '' }, response) => {
  const [type, body] = FILES[url] ?? ['text/html', '<html>'];
  response.writeHead(200, {
    'content-type': type,
    etag: `"of-${url}"`,
    'last-modified': 'Mon, 05 Oct 2026 10:00:00 GMT',
  });
  response.end(body);
};

interface Form {
  readonly path: string;
  readonly fields: Record<string, string>;
  /** Content-Encoding, or Content-Type. */
  readonly made: string;
}

const script = (fields: Record<string, string>, made: string): Form => ({
  path: '/_app/immutable/new.js',
  fields,
  made,
});
const FORMS = {
  identity: script({}, 'text/javascript'),
  gzip: script({ 'accept-encoding': 'gzip' }, 'gzip'),
  zstd: script({ 'accept-encoding': 'zstd' }, 'zstd'),
  br: script({ 'accept-encoding': 'gzip, br' }, 'br'),
  dcz: script(
    {
      'accept-encoding': 'gzip, br, dcz',
      'available-dictionary': `:${hash('sha256', DICTIONARY, 'base64')}:`,
    },
    'dcz',
  ),
  png: { path: '/static/waves.png', fields: {}, made: 'image/png' },
  webp: { path: '/static/waves.png', fields: { accept: 'image/webp' }, made: 'image/webp' },
  avif: { path: '/static/noise.png', fields: { accept: 'image/webp, image/avif' }, made: 'image/avif' },
  woff2: { path: '/_app/immutable/a.ttf', fields: { 'sec-fetch-dest': 'font' }, made: 'font/woff2' },
} as const satisfies Record<string, Form>;
type Name = keyof typeof FORMS;
const NAMES = Object.keys(FORMS) as Name[];

const gateways = new PresetGateways();
let directory: string;
let url: string;
const wholes = new Map<Name, Answer>();

const get = (name: Name, fields: Record<string, string> = {}): Promise<Answer> =>
  request(url + FORMS[name].path, { ...FORMS[name].fields, ...fields });

/** Requests until the form is made. */
const whole = (name: Name): Promise<Answer> =>
  vi.waitFor(async () => {
    const answer = await get(name);
    const { 'content-encoding': coding, 'content-type': type, 'cache-status': status } = answer.headers;
    expect([coding ?? type, String(status)]).toEqual([FORMS[name].made, expect.stringContaining('hit')]);
    return answer;
  }, WAIT);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'conditions-'));
  ({ url } = await gateways.start(backend, { directory, dictionaries: true, dictionaryDelayMs: 50 }));
  await request(`${url}/_app/immutable/old.js`, { 'accept-encoding': 'br' });
  await vi.waitFor(async () => {
    const { headers } = await request(url, { 'sec-fetch-dest': 'document' });
    expect(headers.link).toContain(`/${hash('sha256', DICTIONARY)}.dictionary`);
  }, WAIT);
  await Promise.all(NAMES.map(async (name) => wholes.set(name, await whole(name))));
}, 300_000);
afterAll(async () => {
  await gateways.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 }); // a thread may write its last file
});

const others = (name: Name): string[] =>
  NAMES.filter((other) => other !== name && FORMS[other].path === FORMS[name].path).map(
    (other) => wholes.get(other)!.headers.etag!,
  );

describe.each(NAMES.filter((name) => name !== 'dcz'))('the form %s', (name) => {
  it.each([
    ['bytes=2-9', 2, 9],
    ['bytes=-7', -7, undefined],
    ['bytes=5-', 5, undefined],
  ] as const)('answers %s with these bytes of it', async (range, from, to) => {
    const { body, headers } = wholes.get(name)!;
    const part = await get(name, { range });
    const bytes = body.subarray(from, to === undefined ? undefined : to + 1);
    const first = from < 0 ? body.length + from : from;
    expect([part.statusCode, part.body.equals(bytes)]).toEqual([206, true]);
    expect(part.headers['content-range']).toBe(`bytes ${first}-${to ?? body.length - 1}/${body.length}`);
    for (const field of ['etag', 'vary', 'content-type', 'content-encoding'] as const)
      expect(part.headers[field]).toBe(headers[field]);
  });

  it('answers a range after its end with 416 and its length', async () => {
    const { body } = wholes.get(name)!;
    const answer = await get(name, { range: `bytes=${body.length}-` });
    expect([answer.statusCode, answer.headers['content-range']]).toEqual([416, `bytes */${body.length}`]);
  });

  it('answers ranges only if If-Range has its tag', async () => {
    const { body, headers } = wholes.get(name)!;
    const own = await get(name, { range: 'bytes=2-9', 'if-range': headers.etag! });
    expect([own.statusCode, own.body.equals(body.subarray(2, 10))]).toEqual([206, true]);
    for (const tag of [...others(name), '"other"', `W/${headers.etag}`]) {
      const answer = await get(name, { range: 'bytes=2-9', 'if-range': tag });
      expect([tag, answer.statusCode, answer.body.equals(body)]).toEqual([tag, 200, true]);
    }
  });
});

describe.each(NAMES)('the form %s', (name) => {
  it('has a tag of its own', () => expect(others(name)).not.toContain(wholes.get(name)!.headers.etag));

  it('answers 304 only if If-None-Match has its tag', async () => {
    const { body, headers } = wholes.get(name)!;
    for (const tag of [headers.etag!, `"x", W/${headers.etag}`, '*']) {
      const answer = await get(name, { 'if-none-match': tag });
      expect([answer.statusCode, answer.body.length]).toEqual([304, 0]);
      expect([answer.headers.etag, answer.headers.vary]).toEqual([headers.etag, headers.vary]);
      for (const field of ['content-type', 'content-encoding', 'content-length'])
        expect(answer.headers).not.toHaveProperty(field);
    }
    for (const tag of [...others(name), '"other"']) {
      const answer = await get(name, { 'if-none-match': tag });
      expect([tag, answer.statusCode, answer.body.equals(body)]).toEqual([tag, 200, true]);
    }
  });
});

it('a range of a difference is one of the file in Brotli', async () => {
  const { body, headers } = wholes.get('br')!;
  const part = await get('dcz', { range: 'bytes=2-9' });
  expect([part.statusCode, part.headers['content-encoding'], part.headers.etag]).toEqual([206, 'br', headers.etag]);
  expect(part.body.equals(body.subarray(2, 10))).toBe(true);
  const resumed = await get('dcz', { range: 'bytes=2-9', 'if-range': wholes.get('dcz')!.headers.etag! });
  expect([resumed.statusCode, zlib.brotliDecompressSync(resumed.body).toString()]).toEqual([
    200,
    linesOf('/_app/immutable/new.js'),
  ]);
});
