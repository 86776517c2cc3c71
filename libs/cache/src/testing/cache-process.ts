import { randomUUID } from 'node:crypto';
import { RedisConnections } from '@slipstream/redis';
import { expect, vi } from 'vitest';
import { createCache, type CacheOptions } from '../create-cache.js';
import { keys } from '../keys.js';

const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn() };

export type Process = Awaited<ReturnType<typeof startProcess>>;

/** Acts as a process of its own towards Redis; resolves when it uses Redis. */
export async function startProcess(url: string, options?: Partial<CacheOptions>) {
  const redis = new RedisConnections({ url, logger, commandTimeoutMs: 20_000 });
  const cache = createCache({ redis, logger, prefix: `test-cache-${randomUUID()}:`, redisWaitMs: 2_000, ...options });
  const close = async () => {
    cache.close();
    await redis.close();
  };
  await trusts(cache);
  return { ...cache, redis, close };
}

/** Waits until the cache stores loads, in Redis and in memory. */
export const trusts = ({ manager }: Pick<Process, 'manager'>) =>
  vi.waitFor(async () => {
    const key = keys.model(`probe ${randomUUID()}`);
    await manager.getOrLoad(key, async () => 1);
    expect(await manager.get(key)).toBe(1);
    expect(manager.usage.entries).toBeGreaterThan(0);
  }, 15_000);

/** Returns the names of users' values in Redis, of all processes. */
export async function storedUsers({ redis }: Pick<Process, 'redis'>, prefix: string): Promise<string[]> {
  const names = await redis.commands.keys(`${prefix.replace(/[[\]*]/g, '\\$&')}*{user:*`);
  return names.filter((name) => !/:lock$/.test(name));
}
