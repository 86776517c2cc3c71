import { DependencyUnavailableError } from '@slipstream/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WaitBudget } from './wait-budget.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const after = (ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve('answer'), ms));

it('is one for all that is asked, and then nothing is waited for', async () => {
  const budget = new WaitBudget(50);
  const first = budget.spend(after(30));
  await vi.advanceTimersByTimeAsync(30);
  expect(await first).toBe('answer');
  const second = expect(budget.spend(after(30))).rejects.toThrow(DependencyUnavailableError);
  await vi.advanceTimersByTimeAsync(20);
  await second;
  const third = expect(budget.spend(after(1))).rejects.toThrow(DependencyUnavailableError);
  await vi.advanceTimersByTimeAsync(0);
  await third;
});

it('hands on what the answer fails with', async () => {
  await expect(new WaitBudget(50).spend(Promise.reject(new Error('boom')))).rejects.toThrow('boom');
});
