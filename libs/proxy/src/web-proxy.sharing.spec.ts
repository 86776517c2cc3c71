import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalServers } from './testing/local-servers.js';

const local = new LocalServers();
afterEach(() => local.close());

const POST = { method: 'POST', body: 'x' };
const named = (name: string, headers: Record<string, string> = {}) =>
  local.http((_, res) => res.writeHead(200, headers).end(name));
const cookieOf = (response: Response): string | undefined => response.headers.getSetCookie()[0]?.split(';')[0];

describe('stickiness', () => {
  const stickiness = { cookieName: 'pod', paths: ['/ws/', '/app'], secret: 'sixteen characters' };

  it('brings who was answered by a backend back to it, and tells no address', async () => {
    const urls = await Promise.all([named('one'), named('two'), named('three')]);
    const { url } = await local.gateway(urls, { stickiness });
    const first = await fetch(`${url}/app`);
    const name = await first.text();
    const [setCookie = ''] = first.headers.getSetCookie();
    expect(setCookie).toMatch(/^pod=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/);
    for (let i = 0; i < 5; i++) {
      const again = await fetch(`${url}/app`, { headers: { cookie: `a=1; ${cookieOf(first)}; b=2` } });
      expect([await again.text(), cookieOf(again)]).toEqual([name, undefined]);
    }
  });

  it('moves to another backend, with a new cookie, when its own is gone', async () => {
    const [gone, alive] = [await named('gone'), await named('alive')];
    const { url, balancer, web } = await local.gateway([gone], { stickiness });
    const cookie = cookieOf(await fetch(`${url}/app`));
    balancer.setBackends([{ url: alive }]);
    web.setBackends([alive]);
    const moved = await fetch(`${url}/app`, { headers: { cookie: cookie! } });
    expect(await moved.text()).toBe('alive');
    expect(cookieOf(moved)).toMatch(/^pod=/);
    expect(cookieOf(moved)).not.toBe(cookie);
  });

  it('stays at a backend that is being drained, which gets nobody else', async () => {
    const urls = [await named('one'), await named('two')] as const;
    const { url, balancer } = await local.gateway([...urls], { stickiness });
    const first = await fetch(`${url}/app`);
    const name = await first.text();
    balancer.setBackends(urls.map((each, index) => ({ url: each, isDraining: (name === 'one') === (index === 0) })));
    expect(await (await fetch(`${url}/app`, { headers: { cookie: cookieOf(first)! } })).text()).toBe(name);
    for (let i = 0; i < 4; i++) expect(await (await fetch(`${url}/app`)).text()).not.toBe(name);
  });

  it.each(['pod=made-up', 'pod=', 'pod', 'xpod=1; =; ;'])('takes %s for no cookie', async (cookie) => {
    const { url } = await local.gateway([await named('one')], { stickiness });
    const response = await fetch(`${url}/app`, { headers: { cookie } });
    expect([response.status, cookieOf(response) !== undefined]).toEqual([200, true]);
  });

  it.each(['public, max-age=60', 'max-age=60', 's-maxage=1'])(
    'binds nobody by an answer that may be stored (%s)',
    async (control) => {
      const { url } = await local.gateway([await named('one', { 'cache-control': control })], { stickiness });
      expect(cookieOf(await fetch(`${url}/app`))).toBeUndefined();
    },
  );

  it('is for its paths only', async () => {
    const { url } = await local.gateway([await named('one', { 'cache-control': 'no-store' })], { stickiness });
    expect(cookieOf(await fetch(`${url}/elsewhere`))).toBeUndefined();
    expect(cookieOf(await fetch(`${url}/ws/socket.io?x=1`))).toBeDefined();
  });
});

describe('hashing', () => {
  it.each([
    ['header', { type: 'header', name: 'X-Person' }, (n: number) => ({ 'x-person': `p${n}` })],
    ['cookie', { type: 'cookie', name: 'token' }, (n: number) => ({ cookie: `a=b; token=p${n}` })],
  ] as const)(
    'by a %s brings equal ones to the same backend, and different ones to all',
    async (_, hashOn, headersOf) => {
      const urls = await Promise.all([named('one'), named('two'), named('three')]);
      const { url } = await local.gateway(urls, { hashOn }, { strategy: 'consistent_hash' });
      const ask = async (n: number) => (await fetch(url, { headers: headersOf(n) })).text();
      const people = Array.from({ length: 30 }, (_, n) => n);
      const first: string[] = [];
      // one after the other: a backend with too much at a time passes its keys on
      for (const n of people) first.push(await ask(n));
      expect(new Set(first).size).toBe(3);
      for (const n of people) expect(await ask(n)).toBe(first[n]);
    },
  );
});

describe('a pool whose backends are full', () => {
  it('lets requests wait, in order, and serves them as soon as there is room', async () => {
    const open: (() => void)[] = [];
    const order: string[] = [];
    const backend = await local.http((req, res) => {
      order.push(req.url!);
      open.push(() => res.end(req.url));
    });
    const { url, balancer } = await local.gateway([backend], {}, { maxConnections: 1 });
    const answers: Promise<string>[] = [];
    for (const [index, path] of ['/1', '/2', '/3'].entries()) {
      answers.push(fetch(url + path).then((answer) => answer.text()));
      await vi.waitFor(() => expect(balancer.queueLength + order.length).toBe(index + 1));
    }
    for (let i = 0; i < 3; i++) {
      await vi.waitFor(() => expect(open).toHaveLength(i + 1));
      open[i]!();
    }
    expect(await Promise.all(answers)).toEqual(['/1', '/2', '/3']);
    expect(order).toEqual(['/1', '/2', '/3']);
  });

  it('refuses what waits too long, and what finds the queue full', async () => {
    const backend = await local.http(() => {});
    const { url, balancer } = await local.gateway(
      [backend],
      {},
      { maxConnections: 1, queue: { maxLength: 1, timeoutMs: 50 } },
    );
    void fetch(url).catch(() => {});
    await vi.waitFor(() => expect(balancer.backends()[0]!.own.requests).toBe(1));
    const waiting = fetch(url);
    await vi.waitFor(() => expect(balancer.queueLength).toBe(1));
    expect(await (await fetch(url, POST)).text()).toBe('pool_busy');
    expect(await (await waiting).text()).toBe('pool_busy');
    expect(balancer.queueLength).toBe(0);
  });

  it('forgets who leaves while waiting', async () => {
    const backend = await local.http(() => {});
    const { url, balancer } = await local.gateway([backend], {}, { maxConnections: 1 });
    void fetch(url).catch(() => {});
    await vi.waitFor(() => expect(balancer.backends()[0]!.own.requests).toBe(1));
    const leaving = httpRequest(url).on('error', () => {});
    leaving.end();
    await vi.waitFor(() => expect(balancer.queueLength).toBe(1));
    leaving.destroy();
    await vi.waitFor(() => expect(balancer.queueLength).toBe(0));
  });
});

describe('a retry', () => {
  it('sends kept content again, where the method allows it', async () => {
    const closing = await local.raw((socket) => socket.once('data', () => socket.destroy()));
    const alive = await local.http(async (req, res) => res.end(`alive ${(await req.toArray()).join('')}`));
    const { url } = await local.gateway([closing, alive]);
    for (let i = 0; i < 4; i++)
      expect(await (await fetch(url, { method: 'PUT', body: 'kept' })).text()).toBe('alive kept');
  });

  it('is not made of content that is too large to be kept', async () => {
    const closing = await local.raw((socket) => socket.once('data', () => socket.destroy()));
    const { url } = await local.gateway([closing], { retries: { replayMaxBytes: 3 } });
    expect(await (await fetch(url, { method: 'PUT', body: 'more' })).text()).toBe('backend_unreachable');
  });

  it('is not made any more when the budget is spent', async () => {
    let asked = 0;
    const closing = await local.raw((socket) => socket.once('data', () => (asked++, socket.destroy())));
    const { url } = await local.gateway([closing], { retries: { ratio: 0.2, minPerSecond: 0 } });
    for (let i = 0; i < 20; i++) await fetch(url);
    expect(asked).toBe(20 + 4);
  });

  it('of a slow upload begins when the content is here: no backend waits for it', async () => {
    const asked = Promise.withResolvers<void>();
    const backend = await local.http(async (req, res) => {
      asked.resolve();
      res.end((await req.toArray()).join(''));
    });
    const { url, balancer } = await local.gateway([backend]);
    const uploading = httpRequest(url, { method: 'POST', headers: { 'content-length': '4' } });
    uploading.write('ab');
    await vi.waitFor(async () => expect(await (await fetch(url, POST)).text()).toBe('x')); // the listener has seen both
    expect(balancer.backends()[0]!.own.requests).toBe(0);
    uploading.end('cd');
    const [answer] = (await once(uploading, 'response')) as [import('node:http').IncomingMessage];
    expect((await answer.toArray()).join('')).toBe('abcd');
  });
});
