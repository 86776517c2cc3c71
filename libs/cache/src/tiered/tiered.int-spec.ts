import { randomUUID } from 'node:crypto';
import { FaultyRedis } from '@slipstream/redis/testing';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { keys } from '../keys.js';
import { gate } from '../testing/cache-contract.js';
import { startProcess, trusts, type Process } from '../testing/cache-process.js';

describe('two levels: several processes', () => {
  let here: Process;
  let there: Process;
  let link: FaultyRedis;
  let outcomes: string[];
  const key = keys.user('42');
  const lags: number[] = [];

  beforeEach(async () => {
    outcomes = [];
    const prefix = `test-cache-${randomUUID()}:`;
    link = await FaultyRedis.inFrontOf(inject('redisUrl'));
    const observer = {
      read: (_: string, outcome: string) => void outcomes.push(outcome),
      busLag: (ms: number) => void lags.push(ms),
    };
    here = await startProcess(link.url, { prefix, distrustMs: 0, observer });
    there = await startProcess(inject('redisUrl'), { prefix });
    outcomes.length = 0;
  });

  afterEach(async () => {
    await Promise.all([here.close(), there.close()]);
    await link.close();
  });

  it('asks Redis once for what it reads again', async () => {
    await there.manager.set(key, 'value');
    expect(await here.manager.get(key)).toBe('value');
    expect(outcomes).toEqual(['shared']);
    await vi.waitFor(async () => {
      expect(await here.manager.get(key)).toBe('value');
      expect(outcomes.at(-1)).toBe('memory'); // once what the other process said of it is heard
    });
  });

  it.each([
    ['deletes', async () => there.manager.delete(key), undefined],
    ['sets', async () => there.manager.set(key, 'new'), 'new'],
    ['drops a tag', async () => there.manager.deleteTag('t'), undefined],
  ])('forgets what another process %s', async (_, change, after) => {
    await here.manager.set(key, 'old', { tags: ['t'] });
    expect(await here.manager.get(key)).toBe('old');
    await change();
    await vi.waitFor(async () => expect(await here.manager.get(key)).toBe(after), { interval: 2 });
    expect(outcomes.at(-1)).not.toBe('memory');
  });

  it('forgets in under 50 ms what another process invalidates', async () => {
    const lags: number[] = [];
    for (let i = 0; i < 20; i++) {
      await there.manager.set(key, 'value');
      await vi.waitFor(async () => {
        await here.manager.get(key);
        expect(outcomes.at(-1)).toBe('memory');
      });
      const startedAt = performance.now();
      void there.manager.delete(key);
      while ((await here.manager.get(key)) !== undefined) await new Promise(setImmediate);
      lags.push(performance.now() - startedAt);
    }
    expect(lags.sort((a, b) => a - b)[10]).toBeLessThan(50);
  });

  it('loads once for a thousand readers in two processes', async () => {
    const load = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return 'value';
    });
    const readers = Array.from({ length: 1_000 }, (_, i) => (i % 2 ? here : there).manager.getOrLoad(key, load));
    expect(new Set(await Promise.all(readers))).toEqual(new Set(['value']));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('loads itself when the process that leads fails', async () => {
    const began = gate();
    const answer = gate<string>();
    const failing = here.manager.getOrLoad(key, () => (began.resolve(), answer.promise));
    await began.promise;
    const waiting = there.manager.getOrLoad(key, async () => 'mine');
    answer.reject(new Error('boom'));
    await expect(failing).rejects.toThrow('boom');
    expect(await waiting).toBe('mine');
  });

  it('waits for another process no longer than a load may take', async () => {
    const began = gate();
    void here.manager
      .getOrLoad(key, () => (began.resolve(), new Promise(() => {})), { loadTimeoutMs: 300 })
      .catch(() => {});
    await began.promise;
    expect(await there.manager.getOrLoad(key, async () => 'mine', { loadTimeoutMs: 100 })).toBe('mine');
  });

  it('believes nothing in memory from before it lost the others, nor while it cannot hear them', async () => {
    await here.manager.set(key, 'old');
    expect(await here.manager.get(key)).toBe('old');
    await link.refuse();
    await vi.waitFor(() => expect(here.redis.subscriber.isReady).toBe(false));
    await there.manager.delete(key);
    expect(await here.manager.getOrLoad(key, async () => 'source')).toBe('source');
    expect(here.manager.usage.entries).toBe(0);
    await link.restore();
    await trusts(here);
    expect(await here.manager.get(key)).toBeUndefined();
  });

  it('believes nothing in memory once the others have been silent for too long', async () => {
    await here.manager.set(key, 'old');
    expect(await here.manager.get(key)).toBe('old');
    link.silence();
    await there.manager.delete(key);
    await vi.waitFor(async () => expect(await here.manager.getOrLoad(key, async () => 'source')).toBe('source'), {
      timeout: 8_000,
      interval: 100,
    });
    await link.restore();
    await trusts(here);
  });

  it('measures how late it hears', async () => {
    await vi.waitFor(() => expect(lags.length).toBeGreaterThan(0));
    expect(lags.every((ms) => ms >= 0)).toBe(true);
  });

  it('is not told anything by strangers on the channel', async () => {
    await here.manager.set(key, 'value');
    await here.manager.get(key);
    const [channel] = (await there.redis.commands.call('PUBSUB', 'CHANNELS', 'test-cache-*:purges')) as string[];
    for (const text of ['', 'null', '[]', '{"keys":"user:42"}', '{"keys":[1,null]}', '{"everything":"yes"}'])
      await there.redis.commands.publish(channel ?? '', text);
    await trusts(here);
    outcomes.length = 0;
    await here.manager.get(key);
    expect(outcomes).toEqual(['memory']);
  });
});
