import { randomUUID } from 'node:crypto';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { RedisConnections } from '@slipstream/redis';
import { FaultyRedis } from '@slipstream/redis/testing';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { BatchedReads } from './batched-reads.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };

describe('batched reads', () => {
  const prefix = `test-batched-reads-${randomUUID()}:`;
  const operations: string[] = [];
  let link: FaultyRedis;
  let redis: RedisConnections;
  let reads: BatchedReads;
  let isTrusted: boolean;

  beforeEach(async () => {
    isTrusted = true;
    link = await FaultyRedis.inFrontOf(inject('redisUrl'));
    redis = new RedisConnections({
      url: link.url,
      logger,
      observe: (operation, outcome) => operations.push(`${operation} ${outcome}`),
    });
    reads = new BatchedReads(redis, 500, async () => isTrusted);
    await vi.waitFor(() => expect(redis.isReady).toBe(true));
    operations.length = 0;
  });

  afterEach(async () => {
    await redis.close();
    await link.close();
  });

  const store = (name: string, value: string) => redis.commands.set(prefix + name, value, 'EX', 60);
  const read = (...names: string[]) => Promise.all(names.map((name) => reads.read(prefix + name)));

  it('go out as one command, and each gets its own', async () => {
    await Promise.all([store('a', '"text of a"'), store('b', '"text of b"')]);
    expect(await read('a', 'none', 'b', 'a')).toEqual(['text of a', undefined, 'text of b', 'text of a']);
    expect(operations).toEqual(['cache.get ok']);
  });

  it('go out as several when they are many', async () => {
    expect(await read(...Array.from({ length: 300 }, (_, i) => `none-${i}`))).toEqual(Array(300).fill(undefined));
    expect(operations).toEqual(Array(3).fill('cache.get ok'));
  });

  it.each([
    ['a number', '1'],
    ['an object', '{"a":1}'],
    ['what the serialiser would make a function of', '{"_constructor-name_":"Function"}'],
    ['no JSON', 'text'],
    ['nothing at all', ''],
  ])('say of %s that it is not ours, and read the others', async (_, value) => {
    await Promise.all([store('ours', '"text"'), store('foreign', value)]);
    expect(await read('foreign', 'ours')).toEqual(['', 'text']);
  });

  it('find nothing where there is another type', async () => {
    await redis.commands.sadd(`${prefix}set`, 'member');
    await redis.commands.expire(`${prefix}set`, 60);
    expect(await read('set')).toEqual([undefined]);
  });

  it('fail when what was read may not be used', async () => {
    await store('a', '"text of a"');
    isTrusted = false;
    await expect(read('a')).rejects.toThrow(DependencyUnavailableError);
  });

  it('fail together, in time, while Redis is silent or away', async () => {
    link.silence();
    for (const result of await Promise.allSettled(['a', 'b'].map((name) => reads.read(name))))
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(DependencyUnavailableError) });
    await link.refuse();
    await vi.waitFor(() => expect(redis.isReady).toBe(false));
    await expect(reads.read('a')).rejects.toThrow(DependencyUnavailableError);
  });
});
