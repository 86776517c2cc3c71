import { hash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PresetGateways } from './testing/preset-gateways.js';
import { request, type Answer } from './testing/raw-request.js';

const gateways = new PresetGateways();
let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'deltas-'))));
afterEach(async () => {
  await gateways.close();
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 }); // a thread may write its last file
});

const BROWSER = { 'accept-encoding': 'gzip, deflate, br, zstd' };
const DOCUMENT = { ...BROWSER, 'sec-fetch-dest': 'document' };
const WAIT = { timeout: 25_000, interval: 20 };

const scriptOf = (release: string): Buffer =>
  Buffer.from(Array.from({ length: 2_000 }, (_, i) => `export const v${i} = ${i * 7919};`).join('\n') + release);

const backend: RequestListener = (incoming, response) => {
  const isScript = incoming.url?.endsWith('.js') ?? false;
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  response.end(isScript ? scriptOf(incoming.url!) : '<html>');
};

const start = async (assets = {}): Promise<string> =>
  (await gateways.start(backend, { directory, dictionaries: true, dictionaryDelayMs: 50, ...assets })).url;

/** The path of the dictionary, once it is offered. */
const offered = (url: string, path = '/'): Promise<string> =>
  vi.waitFor(async () => {
    const link = String((await request(url + path, DOCUMENT)).headers.link);
    const [, target] =
      /^<(\/_app\/immutable\/[0-9a-f]{64}\.dictionary)>; rel="compression-dictionary"$/.exec(link) ?? [];
    expect(target).toBeDefined();
    return target!;
  }, WAIT);

const available = (content: Buffer, codings = 'dcb, dcz'): Record<string, string> => ({
  'accept-encoding': `gzip, deflate, br, zstd, ${codings}`,
  'available-dictionary': `:${hash('sha256', content, 'base64')}:`,
});

/** A gateway that has seen one release, and its dictionary. */
async function afterRelease(): Promise<{ url: string; dictionary: Buffer; answer: Answer }> {
  const url = await start();
  await request(`${url}/_app/immutable/a.js`, BROWSER);
  const answer = await request(url + (await offered(url)), BROWSER);
  return { url, dictionary: zlib.brotliDecompressSync(answer.body), answer };
}

const differing = (url: string, path: string, headers: Record<string, string>): Promise<Answer> =>
  vi.waitFor(async () => {
    const answer = await request(url + path, headers);
    expect(answer.headers['content-encoding']).toMatch(/^dc[bz]$/);
    return answer;
  }, WAIT);

describe('a release', () => {
  it('is offered as a dictionary to documents, whoever answers them', async () => {
    const { url, dictionary, answer } = await afterRelease();
    expect(dictionary.equals(scriptOf('/_app/immutable/a.js'))).toBe(true);
    expect(answer.headers).toMatchObject({
      'use-as-dictionary': 'match="/_app/immutable/*"',
      'cache-control': 'public, max-age=2592000',
      'x-content-type-options': 'nosniff',
    });
    expect(await offered(url, '/c/1')).toBe(await offered(url));
    expect((await request(url, BROWSER)).headers.link).toBeUndefined();
  });

  it('is not offered if the setting is off', async () => {
    const url = await start({ dictionaries: false });
    await request(`${url}/_app/immutable/a.js`, BROWSER);
    await vi.waitFor(async () => {
      expect((await request(`${url}/_app/immutable/a.js`, BROWSER)).headers['content-encoding']).toBe('br');
    }, WAIT);
    expect((await request(url, DOCUMENT)).headers.link).toBeUndefined();
  });
});

describe('a file of the next release', () => {
  it.each([
    ['dcb, dcz', 'dcz', 40, zlib.zstdDecompressSync],
    ['dcb', 'dcb', 36, zlib.brotliDecompressSync],
  ] as const)('goes out whole, and then, for %s, as the difference', async (codings, coding, headBytes, decode) => {
    const { url, dictionary } = await afterRelease();
    const path = '/_app/immutable/b.js';
    const headers = available(dictionary, codings);
    const first = await request(url + path, headers);
    expect([first.headers['content-encoding'], first.body.equals(scriptOf(path))]).toEqual([undefined, true]);
    expect(first.headers.vary).toContain('Available-Dictionary');
    const { body, headers: sent } = await differing(url, path, headers);
    expect(sent['content-encoding']).toBe(coding);
    expect(sent.vary).toBe('Accept-Encoding, Available-Dictionary');
    expect(decode(body.subarray(headBytes), { dictionary } as object).equals(scriptOf(path))).toBe(true);
    expect(body.length).toBeLessThan(200);
    expect(sent.etag).not.toBe((await request(url + path, BROWSER)).headers.etag);
  });

  it('goes out whole to a browser without our dictionary', async () => {
    const { url, dictionary } = await afterRelease();
    const path = '/_app/immutable/b.js';
    await request(url + path, available(dictionary));
    await differing(url, path, available(dictionary));
    const codings = 'gzip, br, dcb, dcz';
    const others: Record<string, string>[] = [
      BROWSER,
      available(Buffer.from('another')),
      { 'accept-encoding': codings, 'available-dictionary': 'nonsense' },
      { 'accept-encoding': codings, 'available-dictionary': ':AAAA:' },
      { ...available(dictionary), 'accept-encoding': 'gzip, br' },
      { ...available(dictionary), range: 'bytes=0-' },
    ];
    for (const headers of others) {
      const answer = await request(url + path, headers);
      expect(answer.headers['content-encoding'] ?? 'identity').not.toMatch(/^dc/);
    }
  });
});

it('the next dictionary goes out as its difference to the former one', async () => {
  const { url, dictionary } = await afterRelease();
  const former = await offered(url);
  await request(`${url}/_app/immutable/b.js`, BROWSER);
  const next = await vi.waitFor(async () => {
    const path = await offered(url);
    expect(path).not.toBe(former);
    return path;
  }, WAIT);
  const whole = zlib.brotliDecompressSync((await request(url + next, BROWSER)).body);
  const { body, headers } = await differing(url, next, available(dictionary));
  expect(zlib.zstdDecompressSync(body.subarray(40), { dictionary } as object).equals(whole)).toBe(true);
  expect(headers).toMatchObject({
    'content-encoding': 'dcz',
    'content-length': String(body.length),
    'use-as-dictionary': 'match="/_app/immutable/*"',
    vary: 'Accept-Encoding, Available-Dictionary',
  });
});

it.each([
  `/_app/immutable/${'ab'.repeat(32)}.dictionary`,
  '/_app/immutable/..%2f..%2fx.dictionary',
  '/_app/immutable/x.dictionary',
])('a dictionary that does not exist is the backend’s: %s', async (path) => {
  const url = await start();
  expect((await request(url + path, BROWSER)).body.toString()).toBe('<html>');
});
