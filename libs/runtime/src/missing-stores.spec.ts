import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import { remindOfMissing } from './missing-stores.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('names each store that has not answered yet and its setting, every five seconds, until it answers', async () => {
  const warn = vi.fn();
  const check = vi.fn().mockRejectedValue(new Error('connect ECONNREFUSED 127.0.0.1:6379'));
  const stop = remindOfMissing(
    [
      { name: 'redis', check },
      { name: 'mongodb', check: async () => {} },
    ],
    { warn },
  );
  await vi.advanceTimersByTimeAsync(10_000);
  expect(warn.mock.calls.map(([, text]) => text as string)).toEqual(
    Array(2).fill('waiting for redis: connect ECONNREFUSED 127.0.0.1:6379; start it, or correct REDIS_URL (redis.url)'),
  );
  check.mockResolvedValue(undefined);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(warn).toHaveBeenCalledTimes(2);
  stop();
});

it.each([
  [new DependencyUnavailableError('redis'), 'it does not answer'],
  [new DependencyUnavailableError('redis', { cause: new Error('connect ECONNREFUSED') }), 'connect ECONNREFUSED'],
  [new Error('Server selection timed out.'), 'Server selection timed out'],
])('gives the reason of %s, and no advice for clients', async (error, reason) => {
  const warn = vi.fn();
  const stop = remindOfMissing([{ name: 'redis', check: () => Promise.reject(error) }], { warn });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(warn).toHaveBeenCalledExactlyOnceWith(
    { dependency: 'redis', reason },
    `waiting for redis: ${reason}; start it, or correct REDIS_URL (redis.url)`,
  );
  stop();
});

it('reminds once a minute after the first minute, and not after its end', async () => {
  const warn = vi.fn();
  const stop = remindOfMissing([{ name: 'redis', check: () => Promise.reject(new Error('away')) }], { warn });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(warn).toHaveBeenCalledTimes(12);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(warn).toHaveBeenCalledTimes(13);
  stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(warn).toHaveBeenCalledTimes(13);
});
