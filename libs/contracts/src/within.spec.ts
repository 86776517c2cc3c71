import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { within } from './within.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('has the result, or the error, that came in time, and leaves no timer', async () => {
  expect(await within(Promise.resolve(1), 10, () => 2)).toBe(1);
  await expect(within(Promise.reject(new Error('no')), 10, () => 2)).rejects.toThrow('no');
  expect(vi.getTimerCount()).toBe(0);
});

it('has the other result, or error, when the time is over', async () => {
  const pending = new Promise<number>(() => {});
  const late = within(pending, 10, () => 2);
  const refused = within(pending, 10, () => expect.fail('too late')).catch(String);
  await vi.advanceTimersByTimeAsync(9);
  expect(vi.getTimerCount()).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect([await late, await refused]).toEqual([2, expect.stringContaining('too late')]);
});
