import { hash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PresetGateways } from './testing/preset-gateways.js';
import { request, type Answer } from './testing/raw-request.js';

const gateways = new PresetGateways();
afterEach(() => gateways.close());

const PATH = '/static/a.css';
const CONTENT = 'a { color: red }';
const tagOf = (content: string): string => `"slipstream-${hash('sha256', content, 'base64url')}"`;

/** A file as backends send it that derive tags from its time. */
function backendOf() {
  const file = { tag: '"time-1"', content: CONTENT, type: 'text/css' };
  const asked: (string | undefined)[] = [];
  const listener: RequestListener = ({ headers, url }, response) => {
    if (url !== PATH) return void response.end();
    asked.push(headers['if-none-match']);
    if (headers['if-none-match'] === file.tag) return void response.writeHead(304, { etag: file.tag }).end();
    response.writeHead(200, { 'content-type': file.type, etag: file.tag, 'cache-control': 'max-age=60' });
    response.end(file.content);
  };
  return { file, asked, listener };
}

/** The answer, once it is stored. */
const stored = (url: string): Promise<Answer> =>
  vi.waitFor(async () => {
    const answer = await request(url + PATH, {});
    expect(answer.headers['cache-status']).toContain('hit');
    return answer;
  });

const VALIDATE = { 'cache-control': 'no-cache' };

describe('a stored file that all clients share', () => {
  it.each(['"time-1"', 'W/"time-1"'])('has a tag of its content, whatever tag the backend sent: %s', async (tag) => {
    const { file, listener } = backendOf();
    file.tag = tag;
    const { url } = await gateways.start(listener);
    expect((await stored(url)).headers.etag).toBe(tagOf(CONTENT));
  });

  it('need not be loaded again after a deployment that gives the file another time', async () => {
    const { file, asked, listener } = backendOf();
    const { url } = await gateways.start(listener);
    const { etag } = (await stored(url)).headers;
    file.tag = '"time-2"';
    await request(url + PATH, VALIDATE); // the backend sends the file again
    const known = await request(url + PATH, { 'if-none-match': etag! });
    expect([known.statusCode, known.headers.etag]).toEqual([304, etag]);
    await request(url + PATH, VALIDATE);
    expect(asked).toEqual([undefined, '"time-1"', '"time-2"']);
    file.content = 'a { color: blue }';
    file.tag = '"time-3"';
    await request(url + PATH, VALIDATE);
    const renewed = await request(url + PATH, { 'if-none-match': etag! });
    expect([renewed.statusCode, renewed.headers.etag]).toEqual([200, tagOf(file.content)]);
  });

  it('keeps the tag of its content when the backend confirms it', async () => {
    const { asked, listener } = backendOf();
    const { url } = await gateways.start(listener);
    await stored(url);
    for (let i = 0; i < 2; i++) expect((await request(url + PATH, VALIDATE)).headers.etag).toBe(tagOf(CONTENT));
    expect(asked).toEqual([undefined, '"time-1"', '"time-1"']);
  });

  it('is known by the backend’s tag to clients that got it as it arrived', async () => {
    const { listener } = backendOf();
    const { url } = await gateways.start(listener);
    const first = await request(url + PATH, {});
    expect(first.headers.etag).toBe('"time-1"');
    await stored(url);
    const known = await request(url + PATH, { 'if-none-match': '"time-1"' });
    expect([known.statusCode, known.headers.etag]).toEqual([304, '"time-1"']);
    const part = await request(url + PATH, { range: 'bytes=0-2', 'if-range': '"time-1"' });
    expect([part.statusCode, part.body.toString(), part.headers.etag]).toEqual([206, CONTENT.slice(0, 3), '"time-1"']);
    expect((await request(url + PATH, { 'if-none-match': '"time-0"' })).statusCode).toBe(200);
  });

  it('keeps the tag of the backend if it is a page', async () => {
    const { file, listener } = backendOf();
    file.type = 'text/html';
    const { url } = await gateways.start(listener);
    expect((await stored(url)).headers.etag).toBe('"time-1"');
  });
});
