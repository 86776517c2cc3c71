import { randomUUID } from 'node:crypto';
import { RedisConnections } from '@slipstream/redis';
import { FaultyRedis } from '@slipstream/redis/testing';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createCache, type CacheOptions } from '../create-cache.js';
import { keys, type CacheKey } from '../keys.js';
import { describeCache, gate } from '../testing/cache-contract.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };

type Process = Awaited<ReturnType<typeof startProcess>>;

/** A process of its own, as far as Redis can tell; resolves once it trusts Redis. */
async function startProcess(url: string, options?: Partial<CacheOptions>) {
  const redis = new RedisConnections({ url, logger, commandTimeoutMs: 20_000 });
  const cache = createCache({ redis, logger, prefix: `test-cache-${randomUUID()}:`, redisWaitMs: 2_000, ...options });
  const close = async () => {
    cache.close();
    await redis.close();
  };
  await trusts(cache);
  return { ...cache, redis, close };
}

/** Waits until the cache keeps what it loads. */
const trusts = ({ manager }: Pick<Process, 'manager'>) =>
  vi.waitFor(async () => {
    const key = keys.model(`probe ${randomUUID()}`);
    await manager.getOrLoad(key, async () => 1);
    expect(await manager.get(key)).toBe(1);
  }, 15_000);

describeCache('redis', (options) => startProcess(inject('redisUrl'), options));

describe('redis: several processes and a bad network', () => {
  let link: FaultyRedis;
  let here: Process;
  let there: Process;
  let prefix: string;
  const key = keys.user('42');

  beforeEach(async () => {
    prefix = `test-cache[*]-${randomUUID()}:`;
    link = await FaultyRedis.inFrontOf(inject('redisUrl'));
    here = await startProcess(link.url, { prefix, distrustMs: 300, maxPendingInvalidations: 5 });
    there = await startProcess(inject('redisUrl'), { prefix });
  });

  afterEach(async () => {
    await Promise.all([here.close(), there.close()]);
    await link.close();
  });

  const stored = async () => {
    const names = await there.redis.commands.keys(`${prefix.replace(/[[\]*]/g, '\\$&')}*{user:*`);
    return names.filter((name) => !name.endsWith(':lease')).sort();
  };
  const storedKey = async () => (await stored())[0] ?? expect.fail('nothing is stored');

  it('is really in Redis: encoded by us, with a TTL a little below the one asked for', async () => {
    await here.manager.getOrLoad(key, async () => ({ name: 'Ada' }));
    const name = await storedKey();
    const { commands } = there.redis;
    expect(name).toMatch(/\[\*\]-.*:\w{40}:\{user:42\}$/);
    expect(await commands.get(name)).toBe(JSON.stringify('1:{"name":"Ada"}'));
    expect(await commands.pttl(name)).toBeLessThanOrEqual(3_600_000);
    expect(await commands.pttl(name)).toBeGreaterThan(3_200_000);
    expect(await there.manager.get(key)).toEqual({ name: 'Ada' });
    await there.invalidator.user('42');
    expect(await stored()).toEqual([]);
    expect(await here.manager.get(key)).toBeUndefined();
  });

  it('never stores what a load found that began before another process invalidated', async () => {
    const answer = gate<string>();
    const began = gate();
    const early = here.manager.getOrLoad(key, () => (began.resolve(), answer.promise));
    const joiner = here.manager.getOrLoad(key, async () => 'new');
    await began.promise;
    await there.invalidator.user('42');
    answer.resolve('old');
    expect(await early).toBe('old');
    expect(await joiner).toBe('new'); // it may have asked after the invalidation
    expect(await there.manager.getOrLoad(key, async () => 'unused')).toBe('new');
  });

  it('keeps what two processes load at the same time', async () => {
    const answer = gate<string>();
    const both = [here, there].map(({ manager }) => manager.getOrLoad(key, () => answer.promise));
    answer.resolve('same');
    await Promise.all(both);
    expect(await stored()).toHaveLength(1);
  });

  it.each([
    ['text', 'garbage'],
    ['JSON of a stranger', '{"a":1}'],
    ['code', '"_function_x|(() => { globalThis.poisoned = true; })()"'],
    ['a broken class', '{"_constructor-name_":"if"}'],
    ['our mark and no JSON', '"1:{"'],
    ['an empty text', ''],
  ])('drops and reloads %s', async (_, poison) => {
    await here.manager.set(key, 'good');
    await there.redis.commands.set(await storedKey(), poison);
    expect(await here.manager.get(key)).toBeUndefined();
    expect(await here.manager.getOrLoad(key, async () => 'again')).toBe('again');
    expect(await there.manager.get(key)).toBe('again');
    expect(globalThis).not.toHaveProperty('poisoned');
  });

  it('drops and reloads a value of another type', async () => {
    await here.manager.set(key, 'good');
    const name = await storedKey();
    await there.redis.commands.del(name);
    await there.redis.commands.lpush(name, 'list');
    expect(await here.manager.getOrLoad(key, async () => 'again')).toBe('again');
    expect(await there.manager.get(key)).toBe('again');
  });

  it('reads from the source and takes writes while Redis is away, and makes up for them before it trusts Redis again', async () => {
    await here.manager.set(key, 'old');
    await link.refuse();
    await vi.waitFor(() => expect(here.redis.isReady).toBe(false));
    expect(await here.manager.getOrLoad(key, async () => 'source')).toBe('source');
    await here.invalidator.user('42');
    expect(await there.manager.get(key)).toBe('old'); // it can't know
    await link.restore();
    await trusts(here);
    expect(await there.manager.get(key)).toBeUndefined();
    expect(await here.manager.getOrLoad(key, async () => 'new')).toBe('new');
  });

  it('drops everything of its own when more was invalidated than it remembers', async () => {
    const neighbour = `${prefix.replace('[*]', 'x')}neighbour`;
    await there.redis.commands.set(neighbour, 'stays', 'PX', 60_000);
    for (let id = 0; id < 9; id++) await here.manager.set(keys.user(String(id)), 'old');
    await link.refuse();
    await vi.waitFor(() => expect(here.redis.isReady).toBe(false));
    for (let id = 0; id < 8; id++) await here.invalidator.user(String(id));
    await link.restore();
    await trusts(here);
    expect(await stored()).toEqual([]);
    expect(await there.redis.commands.get(neighbour)).toBe('stays');
  });

  it('recovers from more invalidations at once than it remembers', async () => {
    const many: CacheKey[] = Array.from({ length: 50 }, (_, id) => keys.user(String(id)));
    for (const each of many) await here.manager.set(each, 'old');
    await here.manager.delete(...many);
    await trusts(here);
    expect(await stored()).toEqual([]);
  });

  it('stays with the source for a while after an outage, for others to make up for theirs', async () => {
    const patient = await startProcess(link.url, { prefix, distrustMs: 2_000 });
    const other = await FaultyRedis.inFrontOf(inject('redisUrl'));
    const late = await startProcess(other.url, { prefix, distrustMs: 0 });
    await late.manager.set(key, 'old');
    await Promise.all([link.refuse(), other.refuse()]);
    await vi.waitFor(() => expect([patient.redis.isReady, late.redis.isReady]).toEqual([false, false]));
    await late.invalidator.user('42');
    await link.restore();
    await vi.waitFor(() => expect(patient.redis.isReady).toBe(true), 5_000);
    expect(await there.manager.get(key)).toBe('old'); // still there, and yet:
    expect(await patient.manager.getOrLoad(key, async () => 'new')).toBe('new');
    await other.restore();
    await vi.waitFor(async () => expect(await there.manager.get(key)).toBeUndefined(), 5_000);
    await trusts(patient);
    expect(await patient.manager.getOrLoad(key, async () => 'new')).toBe('new');
    await Promise.all([patient.close(), late.close(), other.close()]);
  });

  it('believes nothing from before a restart of Redis', async () => {
    await here.manager.set(key, 'saved before it was invalidated');
    vi.spyOn(here.redis, 'run').mockResolvedValueOnce('# Server\r\nrun_id:another\r\n'); // the first thing asked after a reconnect
    await link.refuse();
    await vi.waitFor(() => expect(here.redis.isReady).toBe(false));
    await link.restore();
    await trusts(here);
    expect(await here.manager.getOrLoad(key, async () => 'new')).toBe('new');
    expect(await stored()).toHaveLength(2);
  });

  it('waits for a silent Redis no longer than allowed, and hides no write behind it', async () => {
    const hasty = await startProcess(link.url, { prefix, redisWaitMs: 50, distrustMs: 0 });
    await hasty.manager.set(key, 'old');
    link.silence();
    // Redis would have 20 s to answer: that these resolve at all is the proof.
    expect(await hasty.manager.getOrLoad(key, async () => 'source')).toBe('source');
    await hasty.invalidator.user('42');
    expect(await hasty.manager.getOrLoad(key, async () => 'new')).toBe('new');
    await hasty.manager.set(key, 'newer');
    await link.restore();
    await vi.waitFor(async () => expect(await there.manager.get(key)).not.toBe('old'), 5_000);
    await trusts(hasty);
    expect(await hasty.manager.getOrLoad(key, async () => 'newest')).not.toBe('old');
    await hasty.close();
  });

  it('hides no write from a process of its own, whatever the network does, and none from others once it is back', async () => {
    const source = new Map<CacheKey, number>();
    const ids = [keys.user('a'), keys.user('b'), keys.user('c')];
    const load = (each: CacheKey) => async () => {
      const value = source.get(each) ?? 0;
      for (let i = Math.random() * 20; i > 0; i--) await new Promise(setImmediate);
      return value;
    };
    const act = async (each: CacheKey) => {
      for (let i = 0; i < 150; i++) {
        if (Math.random() < 0.2) {
          source.set(each, (source.get(each) ?? 0) + 1);
          await here.manager.delete(each);
        }
        if (Math.random() < 0.02) link.cut();
        const newest = source.get(each) ?? 0;
        expect(await here.manager.getOrLoad(each, load(each))).toBeGreaterThanOrEqual(newest);
        await there.manager.getOrLoad(each, load(each));
      }
    };
    await Promise.all([...ids, ...ids].map(act));
    await trusts(here);
    for (const each of ids) {
      expect(await here.manager.getOrLoad(each, load(each))).toBe(source.get(each));
      expect(await there.manager.getOrLoad(each, load(each))).toBe(source.get(each));
    }
  });
});
