import { randomUUID } from 'node:crypto';
import { FaultyRedis } from '@slipstream/redis/testing';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { keys, type CacheKey } from '../keys.js';
import { CacheChaos } from '../testing/cache-chaos.js';
import { startProcess, storedUsers, trusts, type Process } from '../testing/cache-process.js';

describe('redis: cache through a bad network', () => {
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

  const stored = () => storedUsers(there, prefix);

  it(
    'reads from the source and accepts writes during an outage of Redis, and sends them before it ' +
      'uses Redis again',
    async () => {
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
    },
  );

  it('drops everything of its own when more was invalidated than it remembers', async () => {
    const neighbour = `${prefix.replace('[*]', 'x')}neighbour`;
    await there.redis.commands.set(neighbour, 'stays', 'PX', 60_000);
    for (let id = 0; id < 9; id++) await here.manager.set(keys.user(String(id)), 'old');
    await link.refuse();
    await vi.waitFor(() => expect(here.redis.isReady).toBe(false));
    for (let id = 0; id < 8; id++) await here.invalidator.user(String(id));
    await link.restore();
    await trusts(here);
    expect(await there.manager.getMany(Array.from({ length: 9 }, (_, id) => keys.user(String(id))))).toEqual(
      Array(9).fill(undefined),
    );
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

  it('believes nothing that was stored under another reign of Redis', async () => {
    await here.manager.set(key, 'saved before it was invalidated');
    await there.redis.commands.hset(`${prefix}{purges}`, 'reign', 'of another server');
    await link.refuse();
    await vi.waitFor(() => expect(here.redis.isReady).toBe(false));
    await link.restore();
    await trusts(here);
    expect(await here.manager.getOrLoad(key, async () => 'new')).toBe('new');
    expect(await stored()).toHaveLength(2);
  });

  it('reads a key from the source until Redis has confirmed its invalidation, and keeps asking for that', async () => {
    await here.manager.set(key, 'old');
    const refusals = (['evalsha', 'unlink'] as const).map((command) =>
      vi.spyOn(here.redis.commands, command).mockRejectedValue(new Error('Command timed out')),
    );
    await here.invalidator.user('42');
    expect(await there.manager.get(key)).toBe('old');
    expect(await here.manager.getOrLoad(key, async () => 'new')).toBe('new');
    for (const refusal of refusals) refusal.mockRestore();
    await vi.waitFor(async () => expect(await there.manager.get(key)).toBeUndefined(), 5_000);
    await vi.waitFor(
      async () => expect(await here.manager.getOrLoad(key, async () => 'new')).toBe(await there.manager.get(key)),
      5_000,
    );
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

  it('hides no write from its own process in any outage, and none from others afterwards', async () => {
    const chaos = new CacheChaos({ writer: here, readers: [there], disturb: () => link.cut() });
    await chaos.run();
    await trusts(here);
    await chaos.settle();
  });
});
