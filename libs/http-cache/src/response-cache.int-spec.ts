import { randomUUID } from 'node:crypto';
import { redisBus, RedisConnections, SharedPurges } from '@slipstream/redis';
import { FaultyRedis } from '@slipstream/redis/testing';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { missedMessages, RedisResponseStore, type ResponseCacheOptions } from './index.js';
import { ask } from './testing/ask.js';
import { CachingProxy } from './testing/caching-proxy.js';
import { counting, Origin } from './testing/origin.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };

describe('ResponseCache in several processes', () => {
  const ends: (() => unknown)[] = [];
  let origin: Origin;
  let prefix: string;

  /** A gateway process, as far as Redis can tell. */
  async function gateway(
    url = inject('redisUrl'),
    { hasStore = true, ...options }: ResponseCacheOptions & { hasStore?: boolean } = {},
  ) {
    const redis = new RedisConnections({ url, logger, commandTimeoutMs: 20_000 });
    ends.push(() => redis.close());
    const purges = new SharedPurges(redis, { prefix, distrustMs: 0, logger });
    ends.push(() => purges.close());
    const store = hasStore ? new RedisResponseStore(redis, { prefix, purges, logger, waitMs: 2_000 }) : undefined;
    const proxy = await CachingProxy.before(origin, {
      shared: store,
      bus: redisBus(redis, prefix),
      onMissed: missedMessages(purges),
      ...options,
    });
    proxy.describe = () => ({ host: 'chat.example', rule: { scope: 'public', tags: ['chat:42'] } });
    ends.push(() => proxy.close());
    await vi.waitFor(() => redis.subscriber.confirmed(`${prefix}bus:http-cache.purge`), 5_000);
    if (store) await vi.waitFor(() => expect(store.isReady).toBe(true), 5_000);
    const text = async (path = '/a') => (await ask(`${proxy.url}${path}`)).text;
    return { proxy, redis, store, text, cache: proxy.cache };
  }
  const link = async () => {
    const faulty = await FaultyRedis.inFrontOf(inject('redisUrl'));
    ends.push(() => faulty.close());
    return faulty;
  };

  beforeEach(async () => {
    prefix = `test-http-cache-${randomUUID()}:`;
    origin = await Origin.start(counting({ 'Cache-Control': 'max-age=3600' }));
    ends.push(() => origin.close());
  });

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  it('keeps apart in Redis what other spellings of a selecting field select', async () => {
    origin.answer = ({ headers }, response) => {
      response
        .writeHead(200, { 'Cache-Control': 'max-age=3600', Vary: 'X-Tenant' })
        .end(String(headers['x_tenant'] ?? headers['x-tenant']));
    };
    const [one, two] = [await gateway(), await gateway()];
    const from = ({ proxy }: typeof one, headers: Record<string, string>) => ask(`${proxy.url}/a`, { headers });
    for (const honest of ['undefined', 'acme']) {
      const own: Record<string, string> = honest === 'acme' ? { 'X-Tenant': honest } : {};
      const evil = { ...own, X_Tenant: 'EVIL' };
      expect((await from(one, evil)).text).toBe('EVIL');
      await vi.waitFor(async () => expect((await from(two, evil)).headers['cache-status']).toContain('hit'), 10_000);
      for (const gateways of [two, one]) expect((await from(gateways, own)).text).toBe(honest);
    }
  });

  it('fetches once for all of them', async () => {
    const [here, there] = [await gateway(), await gateway()];
    expect(await here.text()).toBe('answer 1');
    await vi.waitFor(async () => expect(await there.text()).toBe('answer 1'));
    expect(origin.requests).toHaveLength(1);
  });

  it.each([
    ['its URL', { type: 'url', url: 'http://Chat.example:80/a' }],
    ['a prefix', { type: 'prefix', prefix: '/' }],
    ['a tag', { type: 'tags', tags: ['chat:42'] }],
    ['everything', { type: 'everything' }],
  ] as const)('drops in each what one purges by %s', async (_, scope) => {
    const [here, there] = [await gateway(), await gateway()];
    await here.text();
    await vi.waitFor(async () => expect(await there.text()).toBe('answer 1'));
    await here.cache.purge(scope);
    expect(await here.text()).toBe('answer 2');
    await vi.waitFor(async () => expect(await there.text()).toBe('answer 2'));
  });

  it('reaches the others’ memories in under 100 ms, with a shared store and without', async () => {
    for (const hasStore of [true, false]) {
      const [here, there] = [await gateway(undefined, { hasStore }), await gateway(undefined, { hasStore })];
      const lags: number[] = [];
      for (let i = 0; i < 20; i++) {
        await there.text(`/${i}`);
        const startedAt = performance.now();
        void here.cache.purge({ type: 'everything' });
        while (there.cache.usage.entries > 0) await new Promise(setImmediate);
        lags.push(performance.now() - startedAt);
      }
      expect(lags.sort((a, b) => a - b)[10]).toBeLessThan(100);
    }
  });

  it('lets a purge in one win over a fetch in another that began before it', async () => {
    const [here, there] = [await gateway(), await gateway()];
    await there.text('/kept');
    const answers: (() => void)[] = [];
    origin.answer = (_, response) =>
      answers.push(() =>
        response.writeHead(200, { 'Cache-Control': 'max-age=3600' }).end(`answer of fetch ${answers.length}`),
      );
    const early = there.text();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    await here.cache.purge({ type: 'tags', tags: ['chat:42'] });
    await vi.waitFor(() => expect(there.cache.usage.entries).toBe(0));
    answers[0]?.();
    expect(await early).toBe('answer of fetch 1');
    const late = [here.text(), there.text()];
    await vi.waitFor(() => expect(answers).toHaveLength(3));
    answers.slice(1).forEach((answer) => answer());
    expect(await Promise.all(late)).toEqual(['answer of fetch 3', 'answer of fetch 3']);
  });

  it('drops by a write in one what the others hold of the same URL', async () => {
    const [here, there] = [await gateway(), await gateway()];
    await there.text();
    await ask(`${here.proxy.url}/a`, { method: 'DELETE' });
    await vi.waitFor(async () => expect(await there.text()).toBe('answer 3'));
    expect(await here.text()).toBe('answer 3');
  });

  it('goes on from memory and the origin without Redis, and shows nothing stale when it is back', async () => {
    const faulty = await link();
    const [here, there] = [await gateway(faulty.url), await gateway()];
    expect(await here.text()).toBe('answer 1');
    await faulty.refuse();
    await vi.waitFor(() => expect([here.redis.isReady, here.redis.subscriber.isReady]).toEqual([false, false]));
    expect(await here.text()).toBe('answer 2'); // it trusts nothing that it held before
    expect(await here.text()).toBe('answer 2');
    await there.cache.purge({ type: 'everything' }); // which the other one misses
    await faulty.restore();
    await vi.waitFor(() => expect([here.store?.isReady, here.redis.subscriber.isReady]).toEqual([true, true]), 10_000);
    await vi.waitFor(async () => expect(await here.text()).toBe('answer 3'));
    await vi.waitFor(async () => expect(await there.store?.get('http://chat.example/a')).toBeDefined()); // it is sent behind the answer
    expect(await there.text()).toBe('answer 3');
  });

  it('shows no error and no stale answer while Redis comes and goes under load', async () => {
    const faulty = await link();
    const here = await gateway(faulty.url);
    let version = 0;
    origin.answer = (_, response) => response.writeHead(200, { 'Cache-Control': 'max-age=3600' }).end(String(version));
    const reads = async () => {
      for (let i = 0; i < 200; i++) {
        const newest = version;
        const answer = await ask(`${here.proxy.url}/a`);
        expect([answer.status, Number(answer.text) >= newest]).toEqual([200, true]);
      }
    };
    const writes = async () => {
      for (let i = 0; i < 40; i++) {
        if (i % 10 === 5) faulty.cut();
        if (i === 20) await faulty.refuse();
        if (i === 30) await faulty.restore();
        version += 1;
        await here.cache.purge({ type: 'tags', tags: ['chat:42'] });
      }
    };
    await Promise.all([reads(), reads(), writes()]);
    const newcomer = await gateway();
    expect(await newcomer.text()).toBe(String(version));
  });
});
