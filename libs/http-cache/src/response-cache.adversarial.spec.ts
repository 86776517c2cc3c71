import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask } from './testing/ask.js';
import { CachingProxy } from './testing/caching-proxy.js';
import { Origin } from './testing/origin.js';

/** An application that says back what it was asked, and lets everybody keep it for a minute. */
const echo =
  (headers: Record<string, string> = {}): RequestListener =>
  (request, response) => {
    const { method, url, headers: original } = request;
    response
      .writeHead(200, { 'Cache-Control': 'max-age=60', ...headers })
      .end(JSON.stringify({ method, url, original }));
  };

describe('ResponseCache among people who mean harm', () => {
  let origin: Origin;
  let proxy: CachingProxy;

  beforeEach(async () => {
    origin = await Origin.start(echo());
    proxy = await CachingProxy.before(origin, { maxBytes: 1024 * 1024, maxVariants: 8, maxBodyBytes: 100_000 });
  });

  afterEach(async () => {
    await proxy.close();
    origin.close();
  });

  const isHit = async (path: string, headers = {}) =>
    /hit/.test((await ask(`${proxy.url}${path}`, { headers })).headers['cache-status'] ?? '');

  it('gives two people who ask the same URL never each other’s answer, over 10,000 mixed requests', async () => {
    const people = Array.from({ length: 20 }, (_, i) => `person-${i}`);
    origin.answer = (request, response) =>
      response
        .writeHead(200, { ETag: `"${request.headers.authorization}"` })
        .end(`${request.url} of ${request.headers.authorization}`);
    proxy.describe = ({ headers: { authorization } }) => ({
      rule: { scope: 'private', ttlMs: 200, staleWhileRevalidateMs: 200 },
      partition: authorization,
    });
    let original = 0;
    const client = async () => {
      while (original++ < 10_000) {
        const [person, path] = [people[Math.floor(Math.random() * people.length)], `/api/${original % 5}`];
        expect((await ask(`${proxy.url}${path}`, { headers: { authorization: person } })).text).toBe(
          `${path} of ${person}`,
        );
      }
    };
    await Promise.all(Array.from({ length: 16 }, client));
    expect(origin.requests.length).toBeLessThan(9_000); // it did cache
  }, 240_000);

  it.each([
    ['Cookie', { cookie: 'token=ada' }],
    ['Authorization', { authorization: 'Bearer ada' }],
  ])('keeps nothing that answers %s, unless the answer or a rule says that it is for everybody', async (_, headers) => {
    await ask(`${proxy.url}/a`, { headers });
    expect(await isHit('/a')).toBe(false);
    expect(await isHit('/a')).toBe(true); // what was asked without credentials
    expect(await isHit('/a', headers)).toBe(false); // but not for who presents some
  });

  it('sends no answer without a lifetime by max-stale or in an outage, if it may belong to a credential', async () => {
    origin.answer = (request, response) =>
      response.writeHead(200, { ETag: '"1"' }).end(`of ${request.headers['x-api-key']}`);
    await ask(`${proxy.url}/a`, { headers: { 'x-api-key': 'ada' } });
    expect((await ask(`${proxy.url}/a`, { headers: { 'x-api-key': 'eve', 'cache-control': 'max-stale' } })).text).toBe(
      'of eve',
    );
    origin.answer = (_, response) => response.destroy();
    expect((await ask(`${proxy.url}/a`)).text).not.toMatch(/^of /);
  });

  it('keeps nothing private without a partition', async () => {
    proxy.describe = () => ({ rule: { scope: 'private', ttlMs: 60_000 } });
    await ask(`${proxy.url}/a`);
    expect(await isHit('/a')).toBe(false);
  });

  it('keeps no answer that sets a cookie, whatever a rule says', async () => {
    origin.answer = echo({ 'Set-Cookie': 'session=ada', 'Cache-Control': 'public, max-age=60' });
    proxy.describe = () => ({ rule: { scope: 'public', ttlMs: 60_000 } });
    await ask(`${proxy.url}/a`);
    expect(await isHit('/a')).toBe(false);
    expect(proxy.heads.every(({ isShared }) => !isShared)).toBe(true);
  });

  it('tells others nothing by fields that are no part of the key: what the origin varies on, it must say', async () => {
    origin.answer = echo({ Vary: 'X-Forwarded-Host' });
    await ask(`${proxy.url}/a`, { headers: { 'x-forwarded-host': 'evil.example' } });
    expect(await isHit('/a', { 'x-forwarded-host': 'evil.example' })).toBe(true);
    expect(await isHit('/a')).toBe(false);
    expect((await ask(`${proxy.url}/a`)).text).not.toContain('evil');
  });

  it('lets nobody choose, by Connection, what the origin sees of a field that selects', async () => {
    origin.answer = (request, response) =>
      response
        .writeHead(200, { 'Cache-Control': 'max-age=60', Vary: 'Accept-Language' })
        .end(request.headers['accept-language'] ?? 'none');
    await ask(`${proxy.url}/a`, { headers: { connection: 'close, accept-language', 'accept-language': 'de' } });
    expect((await ask(`${proxy.url}/a`, { headers: { 'accept-language': 'de' } })).text).toBe('de');
  });

  it.each(['/a/..%2fb', '/a/%2e%2e/b', '//a', '/a;x=.css', '/A', '/a?', '/a?b=1&c=2', '/a?c=2&b=1', '/a%00.js'])(
    'takes %s for no other path',
    async (path) => {
      for (const other of ['/a', '/b', '/a?b=1']) await ask(`${proxy.url}${other}`);
      const answer = await ask(`${proxy.url}${path}`);
      expect([JSON.parse(answer.text).url, answer.headers['cache-status']]).toEqual([
        path,
        expect.stringContaining('uri-miss'),
      ]);
    },
  );

  it('takes a host for no other, but for case and the default port', async () => {
    const hit = (host: string) => isHit('/a', { host });
    await hit('chat.example');
    expect([await hit('CHAT.example'), await hit('chat.example:80')]).toEqual([true, true]);
    expect([
      await hit('chat.example.'),
      await hit('chat.example:8080'),
      await hit('evil.example'),
      await hit('chat.example@evil.example'),
    ]).toEqual([false, false, false, false]);
  });

  it('has nothing to do with a target that could be taken for another key', async () => {
    proxy.describe = () => ({ host: 'x http://chat.example' });
    await ask(`${proxy.url}/a`);
    expect(proxy.cache.usage.entries).toBe(0);
  });

  it('keeps few of the answers that a flood of varying requests makes, and others’ meanwhile', async () => {
    origin.answer = echo({ Vary: 'User-Agent' });
    await ask(`${proxy.url}/other`);
    for (let i = 0; i < 50; i++) await ask(`${proxy.url}/a`, { headers: { 'user-agent': `agent ${i}` } });
    // the other page and what it varies on, what this one varies on, 8 answers
    expect(proxy.cache.usage.entries).toBeLessThanOrEqual(2 + 1 + 8);
    expect([
      await isHit('/a', { 'user-agent': 'agent 49' }),
      await isHit('/a', { 'user-agent': 'agent 0' }),
      await isHit('/other'),
    ]).toEqual([true, false, true]);
  });

  it('keeps nothing that varies on everything', async () => {
    origin.answer = echo({ Vary: Array.from({ length: 17 }, (_, i) => `x-${i}`).join(', ') });
    await ask(`${proxy.url}/a`);
    expect(await isHit('/a')).toBe(false);
    origin.answer = echo({ Vary: 'accept, *' });
    await ask(`${proxy.url}/b`);
    expect(await isHit('/b')).toBe(false);
  });

  it('stays within its memory under huge heads, long paths and many of them', async () => {
    origin.answer = (_, response) =>
      response.writeHead(200, { 'Cache-Control': 'max-age=60', 'X-Huge': 'x'.repeat(10_000) }).end();
    for (let i = 0; i < 300; i++) await ask(`${proxy.url}/${i}${'y'.repeat(3_000)}`);
    const { entries, bytes } = proxy.cache.usage;
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
    expect(entries * 13_000).toBeLessThan(1024 * 1024); // heads and keys are counted
  });

  it('asks for nothing that a client attached to a GET', async () => {
    await ask(`${proxy.url}/a`, { headers: { 'content-length': '5' }, body: 'x=evi' });
    expect(await isHit('/a')).toBe(false);
    await ask(`${proxy.url}/b`, { method: 'GET', headers: { 'transfer-encoding': 'chunked' }, body: 'x=evil' });
    expect(await isHit('/b')).toBe(false);
  });

  it('lets nobody drop what isn’t theirs by Location (RFC 9111 section 4.4)', async () => {
    const victim = { host: 'victim.example' };
    await ask(`${proxy.url}/a`, { headers: victim });
    origin.answer = (_, response) =>
      response.writeHead(201, { Location: 'http://victim.example/a', 'Content-Location': '//victim.example/a' }).end();
    await ask(`${proxy.url}/evil`, { method: 'POST' });
    expect(await isHit('/a', victim)).toBe(true);
  });

  it('gives a broken answer to nobody else', async () => {
    origin.answer = (_, response) => {
      response.writeHead(200, { 'Cache-Control': 'max-age=60', 'Content-Length': '100' }).write('half');
      setImmediate(() => response.destroy());
    };
    await expect(ask(`${proxy.url}/a`)).rejects.toThrow(/aborted|hang up/);
    expect(proxy.cache.usage).toMatchObject({ entries: 0, coalescedFetches: 0, bufferedBytes: 0 });
  });

  it('passes on what is too large to be kept, whole', async () => {
    origin.answer = (_, response) =>
      response.writeHead(200, { 'Cache-Control': 'max-age=60' }).end('x'.repeat(300_000));
    expect((await ask(`${proxy.url}/a`)).text).toHaveLength(300_000);
    expect(proxy.cache.usage).toMatchObject({ entries: 0, bufferedBytes: 0 });
  });

  it('takes a method in another case for no GET', async () => {
    await ask(`${proxy.url}/a`);
    const { hostname, port } = new URL(proxy.url);
    const socket = connect(Number(port), hostname).end(`get /a HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
    const answer = Buffer.concat((await socket.toArray()) as Buffer[]).toString();
    expect(answer).not.toContain('; hit');
  });
});
