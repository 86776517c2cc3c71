import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cache, CacheOptions } from '../create-cache.js';
import { keys, type CacheKey } from '../keys.js';

/** A driver under test; `close` also disconnects what `create` connected. */
export type CacheUnderTest = Cache & { close(): void | Promise<void> };

/** A promise that can be settled from outside. */
export const gate = <T = void>() => Promise.withResolvers<T>();

/** The contract of every driver. A driver's spec calls it, and adds only tests of that driver. */
export function describeCache(
  driver: string,
  create: (options?: Partial<CacheOptions>) => Promise<CacheUnderTest>,
): void {
  describe(`${driver}: cache`, () => {
    let sut: CacheUnderTest;
    let key: CacheKey;

    beforeEach(async () => {
      sut = await create();
      key = keys.user(randomUUID());
    });
    afterEach(() => sut.close());

    it.each([
      null,
      0,
      false,
      '',
      [],
      {},
      'text',
      { nested: [1, { a: null }] },
      '_function_x|()=>1',
      '2026-01-01T00:00:00.000Z',
      '🌊\u0000\ud800',
    ])('keeps %j', async (value) => {
      await sut.manager.set(key, value);
      expect(await sut.manager.get(key)).toEqual(value);
      const load = vi.fn();
      expect(await sut.manager.getOrLoad(key, load)).toEqual(value);
      expect(load).not.toHaveBeenCalled();
      await sut.manager.delete(key);
      expect(await sut.manager.get(key)).toBeUndefined();
    });

    it.each([' ', '', '*', '?[a-z]*', '}{', 'a}:lease', 'line\nbreak', '\u0000', '🌊', 'x'.repeat(10_000)])(
      'takes the id %j for what it is',
      async (id) => {
        const ids = [id, `${id}x`].map((text) => keys.chat(text + randomUUID().repeat(Number(id === ''))));
        for (const [i, each] of ids.entries()) await sut.manager.set(each, i);
        expect(await Promise.all(ids.map((each) => sut.manager.get(each)))).toEqual([0, 1]);
        await sut.manager.delete(ids[0] ?? key);
        expect(await Promise.all(ids.map((each) => sut.manager.get(each)))).toEqual([undefined, 1]);
        await sut.manager.delete(...ids);
      },
    );

    it('loads once for all who ask meanwhile, and gives each a copy', async () => {
      const answer = gate<{ n: number }>();
      const load = vi.fn(() => answer.promise);
      const readers = Array.from({ length: 50 }, () => sut.manager.getOrLoad(key, load));
      answer.resolve({ n: 1 });
      const values = await Promise.all(readers);
      expect(load).toHaveBeenCalledTimes(1);
      expect(new Set(values).size).toBe(50);
      for (const value of values) value.n = 2;
      expect(await sut.manager.getOrLoad(key, load)).toEqual({ n: 1 });
    });

    it('tells a loaded value in the form that a cached one has', async () => {
      const load = async () => ({ at: new Date(0), gone: undefined });
      expect(await sut.manager.getOrLoad<unknown>(key, load)).toStrictEqual({ at: '1970-01-01T00:00:00.000Z' });
    });

    it('hands on what load throws, to all, and loads again next time', async () => {
      const load = vi.fn().mockRejectedValueOnce(new Error('boom')).mockResolvedValue(1);
      const outcomes = await Promise.allSettled([sut.manager.getOrLoad(key, load), sut.manager.getOrLoad(key, load)]);
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(await sut.manager.getOrLoad(key, load)).toBe(1);
    });

    it('does not keep undefined', async () => {
      const load = vi.fn().mockResolvedValue(undefined);
      expect(await sut.manager.getOrLoad(key, load)).toBeUndefined();
      expect(await sut.manager.getOrLoad(key, load)).toBeUndefined();
      expect(load).toHaveBeenCalledTimes(2);
    });

    it.each([
      ['a cycle', cycle()],
      ['a BigInt', { n: 1n }],
      ['a function', () => 1],
      ['too much', 'x'.repeat(2 * 1024 * 1024)],
    ])('hands on %s uncached, and forgets the value before it', async (_, value) => {
      expect(await sut.manager.getOrLoad(key, async () => value)).toEqual(value);
      expect(await sut.manager.get(key)).toBeUndefined();
      await sut.manager.set(key, 'before');
      await sut.manager.set(key, value);
      expect(await sut.manager.get(key)).toBeUndefined();
    });

    it('forgets a value when its time is up', async () => {
      await sut.manager.set(keys.userList, 2);
      await vi.waitFor(async () => {
        await sut.manager.set(key, 1, { ttlSeconds: 0.2 });
        expect(await sut.manager.get(key)).toBe(1); // unless the machine was too busy
      }, 10_000);
      await vi.waitFor(async () => expect(await sut.manager.get(key)).toBeUndefined(), 5_000);
      expect(await sut.manager.get(keys.userList)).toBe(2);
    });

    it.each(['delete', 'set'] as const)('never stores what a load found that began before a %s', async (change) => {
      const answer = gate<string>();
      const began = gate();
      const early = sut.manager.getOrLoad(key, () => (began.resolve(), answer.promise));
      await began.promise;
      if (change === 'delete') await sut.manager.delete(key);
      else await sut.manager.set(key, 'new');
      expect(await sut.manager.getOrLoad(key, async () => 'new')).toBe('new');
      answer.resolve('old');
      expect(await early).toBe('old');
      expect(await sut.manager.get(key)).toBe('new');
    });

    it('lets nobody who asks after an invalidation join a load that began before it', async () => {
      const answer = gate<string>();
      const began = gate();
      const early = sut.manager.getOrLoad(key, () => (began.resolve(), answer.promise));
      await began.promise;
      await sut.manager.delete(key);
      expect(await sut.manager.getOrLoad(key, async () => 'new')).toBe('new');
      answer.resolve('old');
      await early;
    });

    it("invalidates by the specification's map", async () => {
      const all = [
        keys.user('1'),
        keys.userList,
        keys.chat('1'),
        keys.chatList('7'),
        keys.document('1'),
        keys.documentList,
        keys.model('1'),
        keys.user('2'),
        keys.chatList('8'),
      ];
      const left = async () => {
        for (const each of all) await sut.manager.set(each, true);
        return async () =>
          (await Promise.all(all.map(async (each) => ((await sut.manager.get(each)) ? [] : [each])))).flat();
      };
      const gone = await left();
      await sut.invalidator.user('1');
      expect(await gone()).toEqual(['user:1', 'user_list']);
      await sut.invalidator.chat({ id: '1', userId: '7' });
      await sut.invalidator.document('1');
      await sut.invalidator.model('1');
      expect(await gone()).toEqual([
        'user:1',
        'user_list',
        'chat:1',
        'chat_list:7',
        'document:1',
        'document_list',
        'model:1',
      ]);
    });

    it('remembers that there is nothing, when it is asked to, and for no longer', async () => {
      const load = vi.fn().mockResolvedValue(undefined);
      expect(await sut.manager.getOrLoad(key, load, { missTtlSeconds: 0.3 })).toBeUndefined();
      expect(await sut.manager.getOrLoad(key, load, { missTtlSeconds: 0.3 })).toBeUndefined();
      expect(load).toHaveBeenCalledTimes(1);
      await sut.manager.delete(key);
      await sut.manager.getOrLoad(key, load, { missTtlSeconds: 0.3 });
      expect(load).toHaveBeenCalledTimes(2);
      await vi.waitFor(async () => expect(await sut.manager.getOrLoad(key, async () => 'found')).toBe('found'), 5_000);
    });

    it('reads many at once, in their order', async () => {
      const other = keys.chat(randomUUID());
      await Promise.all([sut.manager.set(key, 0), sut.manager.set(other, 'b')]);
      expect(await sut.manager.getMany([other, keys.user('none'), key])).toEqual(['b', undefined, 0]);
      await sut.manager.delete(other);
    });

    it('gives a value past its time at once, and loads a new one behind (RFC 5861 section 3)', async () => {
      const options = { ttlSeconds: 0.001, staleWhileRevalidateSeconds: 60 };
      await sut.manager.set(key, 'old', options);
      const load = vi.fn().mockResolvedValue('new');
      await vi.waitFor(async () => {
        expect(await sut.manager.getOrLoad(key, load, { ...options, ttlSeconds: 60 })).toMatch(/old|new/);
        expect(await sut.manager.get(key)).toBe('new');
      });
      expect(load).toHaveBeenCalledTimes(1);
    });

    it('gives a value past its time when loading fails, and only then (RFC 5861 section 4)', async () => {
      const options = { ttlSeconds: 0.001, staleIfErrorSeconds: 60 };
      await sut.manager.set(key, 'old', options);
      await vi.waitFor(async () => expect(await sut.manager.get(key)).toBeUndefined());
      const down = async () => Promise.reject(new Error('down'));
      expect(await sut.manager.getOrLoad(key, down, options)).toBe('old');
      expect(await sut.manager.getOrLoad(key, async () => 'new', options)).toBe('new');
      await sut.manager.delete(key);
      await expect(sut.manager.getOrLoad(key, down, options)).rejects.toThrow('down');
    });

    it('waits for a load no longer than allowed, and tells it so', async () => {
      const signals: AbortSignal[] = [];
      const hang = (signal: AbortSignal) => new Promise<never>(() => void signals.push(signal));
      await expect(sut.manager.getOrLoad(key, hang, { loadTimeoutMs: 20 })).rejects.toMatchObject({
        code: 'cache_load_timeout',
        isRetryable: true,
      });
      expect(signals[0]?.aborted).toBe(true);
      expect(await sut.manager.getOrLoad(key, async () => 1)).toBe(1);
    });

    it('forgets by tag what was stored with it, and nothing else', async () => {
      const [one, two, other] = [keys.chat(randomUUID()), keys.user(randomUUID()), keys.user(randomUUID())] as const;
      const tag = `tag {*} ${randomUUID()}`;
      await sut.manager.set(one, 1, { tags: [tag] });
      await sut.manager.getOrLoad(two, async () => 2, { tags: ['another', tag] });
      await sut.manager.set(other, 3, { tags: [`${tag}x`] });
      await sut.manager.deleteTag(tag);
      expect(await sut.manager.getMany([one, two, other])).toEqual([undefined, undefined, 3]);
      await sut.manager.deleteTag(tag);
      await sut.manager.delete(other);
    });

    it('never stores what a load found that began before its tag was dropped', async () => {
      const answer = gate<string>();
      const began = gate();
      const early = sut.manager.getOrLoad(key, () => (began.resolve(), answer.promise), { tags: ['t'] });
      await began.promise;
      await sut.manager.deleteTag('t');
      answer.resolve('old');
      await early;
      expect(await sut.manager.getOrLoad(key, async () => 'new', { tags: ['t'] })).toBe('new');
    });

    it('says how reads were answered', async () => {
      const observer = { read: vi.fn(), loaded: vi.fn(), invalidated: vi.fn() };
      await sut.close();
      sut = await create({ observer });
      observer.read.mockClear();
      await sut.manager.getOrLoad(key, async () => 1);
      await Promise.all([sut.manager.getOrLoad(key, async () => 2), sut.manager.getOrLoad(key, async () => 3)]);
      await sut.manager.delete(key);
      expect(observer.read.mock.calls).toEqual([
        ['user', 'miss'],
        ['user', 'memory'],
        ['user', 'memory'],
      ]);
      expect(observer.loaded).toHaveBeenCalledWith('user', expect.any(Number));
      expect(observer.invalidated).toHaveBeenCalledWith('user');
    });
  });
}

function cycle(): object {
  const value: { self?: object } = {};
  value.self = value;
  return value;
}
