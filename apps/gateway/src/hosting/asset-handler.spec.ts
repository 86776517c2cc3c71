import { Readable } from 'node:stream';
import { CDNManager } from '@slipstream/cdn';
import { afterEach, describe, expect, it } from 'vitest';
import { request } from '../caching/testing/raw-request.js';
import { LocalListeners } from '../http/testing/local-listeners.js';
import { assetHandler } from './asset-handler.js';
import type { HostedAsset } from './hosted-asset.store.js';

const listeners = new LocalListeners();
afterEach(() => listeners.close());

const ID = `logo-${'A'.repeat(22)}.svg`;
const CONTENT = '<svg/>0123456789';
const ASSET: HostedAsset = {
  _id: ID,
  fileId: 'f',
  digest: 'd1',
  type: 'image/svg+xml',
  bytes: CONTENT.length,
  createdAt: new Date(0),
};

async function start(
  download = (part?: { start: number; end: number }) => Readable.from([CONTENT.slice(part?.start, part?.end)]),
) {
  const found: string[] = [];
  const handle = assetHandler({
    store: {
      find: async (id) => {
        found.push(id);
        return id === ID ? ASSET : null;
      },
    },
    files: { openDownload: (_id, part) => download(part) },
    cdn: new CDNManager({ hasEdge: true }),
  });
  return { ...(await listeners.start(handle)), found };
}

describe('a hosted file', () => {
  it('is served for ever, and runs nothing', async () => {
    const { url } = await start();
    const { statusCode, headers, body } = await request(`${url}/slipstream/assets/${ID}`, {});
    expect([statusCode, String(body)]).toEqual([200, CONTENT]);
    expect(headers).toMatchObject({
      'content-type': 'image/svg+xml',
      'content-length': String(CONTENT.length),
      etag: '"d1"',
      'cache-control': 'public, max-age=31536000, immutable',
      'cdn-cache-control': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'access-control-allow-origin': '*',
    });
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['a part', { range: 'bytes=6-8' }, 206, '012'],
    ['its end', { range: 'bytes=-2' }, 206, '89'],
    ['a part if it is the same', { range: 'bytes=6-8', 'if-range': '"d1"' }, 206, '012'],
    ['all if it is another', { range: 'bytes=6-8', 'if-range': '"d0"' }, 200, CONTENT],
    ['nothing beyond its end', { range: 'bytes=99-' }, 416, ''],
    ['nothing if it is known', { 'if-none-match': 'W/"d1"' }, 304, ''],
    ['nothing if it is not newer', { 'if-modified-since': new Date(5000).toUTCString() }, 304, ''],
    ['all if another is known', { 'if-none-match': '"d0"' }, 200, CONTENT],
  ])('sends %s for %j', async (_, fields, statusCode, text) => {
    const { url } = await start();
    const answer = await request(`${url}/slipstream/assets/${ID}`, fields);
    expect([answer.statusCode, String(answer.body)]).toEqual([statusCode, text]);
    if (statusCode === 206) expect(answer.headers['content-range']).toMatch(/^bytes \d+-\d+\/16$/);
    if (statusCode === 416) expect(answer.headers['content-range']).toBe('bytes */16');
  });

  it('answers HEAD without its content, and no other method', async () => {
    const { url } = await start(() => {
      throw new Error('was read');
    });
    const head = await fetch(`${url}/slipstream/assets/${ID}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(CONTENT.length)]);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const refused = await fetch(`${url}/slipstream/assets/${ID}`, { method });
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });

  it.each([
    '',
    'x',
    `%2e%2e/${ID}`,
    `../${ID}`,
    `a/${ID}`,
    `${ID}/`,
    `${ID}%00`,
    ID.replace('.', '%2e'),
    ID.toUpperCase(),
  ])('is not %s, which is not even looked up', async (id) => {
    const { url, found } = await start();
    const { statusCode, body } = await request(`${url}/slipstream/assets/${id}`, {});
    expect([statusCode, (JSON.parse(String(body)) as { code: string }).code]).toEqual([404, 'asset_not_found']);
    expect(found).toEqual([]);
  });

  it('that can not be read whole is broken off', async () => {
    const { url } = await start(() =>
      Readable.from(
        (async function* () {
          yield 'abc';
          throw new Error('a chunk is missing');
        })(),
      ),
    );
    await expect(fetch(`${url}/slipstream/assets/${ID}`).then((response) => response.text())).rejects.toThrow();
  });
});
