import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CacheOutcome, ResponseCacheOptions } from './index.js';
import { ask, begin } from './testing/ask.js';
import { CachingProxy } from './testing/caching-proxy.js';
import { counting, Origin } from './testing/origin.js';

/** How a proxy calls the cache: see testing/caching-proxy.ts. */
describe('ResponseCache behind a proxy', () => {
  let origin: Origin;
  let proxy: CachingProxy;
  let now: number;
  const date = (): string => new Date(now).toUTCString();
  const outcomes: CacheOutcome[] = [];
  const options: ResponseCacheOptions = {
    clock: () => now,
    observer: { answered: (outcome) => outcomes.push(outcome) },
  };

  beforeEach(async () => {
    now = Date.UTC(2026, 10, 21, 12);
    outcomes.length = 0;
    origin = await Origin.start(counting({ 'Cache-Control': 'max-age=60', ETag: '"1"', Date: date() }));
    proxy = await CachingProxy.before(origin, options);
  });

  afterEach(async () => {
    await proxy.close();
    origin.close();
  });

  it('answers a second request from memory, with Age and Cache-Status', async () => {
    const first = await ask(`${proxy.url}/a`);
    now += 10_000;
    const second = await ask(`${proxy.url}/a`);
    expect([first.text, second.text]).toEqual(['answer 1', 'answer 1']);
    expect(first.headers['cache-status']).toBe('slipstream; fwd=uri-miss; fwd-status=200; stored');
    expect(second.headers).toMatchObject({
      age: '10',
      'cache-status': 'slipstream; hit; ttl=50',
      'content-length': '8',
      'x-request-id': '2',
    });
    expect(second.headers.date).toBe(first.headers.date);
    expect(origin.requests).toHaveLength(1);
    expect(outcomes).toEqual(['miss', 'hit']);
  });

  it('asks whether a stale answer is still good, and gives it again when it is (RFC 9111 section 4.3)', async () => {
    await ask(`${proxy.url}/a`);
    now += 61_000;
    origin.answer = (_, response) =>
      void response.writeHead(304, { 'Cache-Control': 'max-age=100', Date: date() }).end();
    const second = await ask(`${proxy.url}/a`);
    expect(origin.requests[1]?.headers['if-none-match']).toBe('"1"');
    expect(second).toMatchObject({
      status: 200,
      text: 'answer 1',
      headers: { 'cache-control': 'max-age=100', 'cache-status': 'slipstream; fwd=stale; fwd-status=304; stored' },
    });
    expect((await ask(`${proxy.url}/a`)).headers['cache-status']).toMatch(/hit/);
    expect(outcomes).toEqual(['miss', 'revalidated', 'hit']);
  });

  it('gives a stale list at once, and renews it behind the client (RFC 5861 section 3)', async () => {
    proxy.describe = () => ({
      rule: { scope: 'private', ttlMs: 5_000, staleWhileRevalidateMs: 60_000 },
      partition: 'ada',
    });
    await ask(`${proxy.url}/api/models`);
    now += 10_000;
    expect((await ask(`${proxy.url}/api/models`)).text).toBe('answer 1');
    await vi.waitFor(async () => expect((await ask(`${proxy.url}/api/models`)).text).toBe('answer 2'));
    expect(origin.requests).toHaveLength(2);
  });

  it('answers HEAD from what a GET was answered, and renews nothing by it', async () => {
    proxy.describe = () => ({ rule: { scope: 'public', ttlMs: 5_000, staleWhileRevalidateMs: 60_000 } });
    await ask(`${proxy.url}/a`);
    now += 10_000;
    expect(await ask(`${proxy.url}/a`, { method: 'HEAD' })).toMatchObject({
      status: 200,
      text: '',
      headers: { 'content-length': '8', age: '10' },
    });
    expect(proxy.cache.usage.coalescedFetches).toBe(0);
  });

  it('passes on, for a while, what was not for a shared cache, without a look at it', async () => {
    origin.answer = counting({});
    await ask(`${proxy.url}/a`);
    expect((await ask(`${proxy.url}/a`)).text).toBe('answer 2');
    expect(outcomes).toEqual(['unstored', 'bypassed']);
    now += 11_000;
    origin.answer = counting({ 'Cache-Control': 'max-age=60', Date: date() });
    await ask(`${proxy.url}/a`);
    expect((await ask(`${proxy.url}/a`)).text).toBe('answer 1');
  });

  it('fetches once for all who ask at the same time, and streams to them as it comes', async () => {
    const responses: ServerResponse[] = [];
    origin.answer = (_, response) => responses.push(response);
    const all = Promise.all([1, 2, 3].map(() => begin(`${proxy.url}/a`)));
    await vi.waitFor(() => expect(responses).toHaveLength(1));
    const [response] = responses;
    response?.writeHead(200, { 'Cache-Control': 'max-age=60', Date: date() }).write('first ');
    const clients = await all;
    const late = await begin(`${proxy.url}/a`);
    response?.end('second');
    const texts = [...clients, late].map(async (client) =>
      Buffer.concat((await client.toArray()) as Buffer[]).toString(),
    );
    expect(await Promise.all(texts)).toEqual(Array(4).fill('first second'));
    expect(origin.requests).toHaveLength(1);
    expect(outcomes).toEqual(['miss', 'collapsed', 'collapsed', 'collapsed']);
    expect((await ask(`${proxy.url}/a`)).text).toBe('first second');
  });

  it('lets nobody stand behind a long poll, of which nothing says that its answer is for others', async () => {
    const responses: ServerResponse[] = [];
    origin.answer = (_, response) => responses.push(response);
    await proxy.close();
    proxy = await CachingProxy.before(origin, { ...options, coalesceWaitMs: 20 });
    const all = [1, 2, 3].map(() => ask(`${proxy.url}/poll`));
    await vi.waitFor(() => expect(responses).toHaveLength(3));
    responses.forEach((response, i) => response.end(`answer ${i}`));
    expect((await Promise.all(all)).map(({ text }) => text).sort()).toEqual(['answer 0', 'answer 1', 'answer 2']);
  });

  it('passes what changes something, and drops what it has made doubtful (RFC 9111 section 4.4)', async () => {
    await ask(`${proxy.url}/a`);
    expect(await ask(`${proxy.url}/a`, { method: 'POST', body: 'x' })).toMatchObject({
      text: 'answer 2',
      headers: { 'cache-status': 'slipstream; fwd=method' },
    });
    expect((await ask(`${proxy.url}/a`)).text).toBe('answer 3');
    expect(outcomes).toEqual(['miss', 'bypassed', 'miss']);
  });

  it('lets a purge win over a fetch that began before it', async () => {
    let release = (): void => {};
    origin.answer = (_, response) =>
      void (release = () => response.writeHead(200, { 'Cache-Control': 'max-age=60', Date: date() }).end('old'));
    const early = ask(`${proxy.url}/a`);
    await vi.waitFor(() => expect(origin.requests).toHaveLength(1));
    await proxy.cache.purge({ type: 'prefix', prefix: '/a' });
    const old = release;
    const late = ask(`${proxy.url}/a`);
    // it doesn't wait for what was asked before the purge
    await vi.waitFor(() => expect(origin.requests).toHaveLength(2));
    old();
    expect((await early).text).toBe('old');
    origin.answer = counting({ 'Cache-Control': 'max-age=60', Date: date() });
    release();
    await late;
    expect(proxy.cache.usage.entries).toBe(1);
  });

  it('lets its observer count what it stores, renews, purges and lets go, and tells what it holds', async () => {
    const observer = { answered: vi.fn(), stored: vi.fn(), revalidating: vi.fn(), purged: vi.fn(), evicted: vi.fn() };
    const small = await CachingProxy.before(origin, { clock: () => now, observer, maxEntries: 2 });
    small.describe = () => ({ rule: { scope: 'public', ttlMs: 5_000, staleWhileRevalidateMs: 60_000 } });
    for (const path of ['a', 'b', 'c']) await ask(`${small.url}/${path}`);
    now += 10_000;
    await ask(`${small.url}/c`);
    await vi.waitFor(() => expect(observer.stored).toHaveBeenCalledTimes(4));
    await small.cache.purge({ type: 'tags', tags: ['x'] }, { isSoft: true });
    await small.close();
    expect(observer.answered.mock.calls.flat()).toEqual(['miss', 'miss', 'miss', 'stale']);
    expect([
      observer.stored.mock.lastCall,
      observer.revalidating.mock.calls.length,
      observer.evicted.mock.calls.length,
      observer.purged.mock.lastCall,
    ]).toEqual([[8], 1, 1, ['tags', true]]);
    expect(small.cache.usage).toMatchObject({ entries: 2, coalescedFetches: 0, bufferedBytes: 0 });
  });

  it('tells the proxy that there is no answer', async () => {
    origin.close();
    expect((await ask(`${proxy.url}/a`)).status).toBe(599);
    expect(proxy.cache.usage).toMatchObject({ entries: 0, coalescedFetches: 0, bufferedBytes: 0 });
  });
});
