import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './retry-schedule.js';

describe('retryDelayMs', () => {
  it('grows threefold to an hour, spread by half', () => {
    expect([1, 2, 3, 20].map((attempt) => retryDelayMs(attempt, 5000, 0, () => 0.5))).toEqual([
      5000, 15_000, 45_000, 3_600_000,
    ]);
    expect([0, 0.999].map((random) => retryDelayMs(1, 1000, 0, () => random))).toEqual([500, 1499]);
  });

  it('is never shorter than what was asked for', () => {
    expect(retryDelayMs(1, 1000, 7, () => 0)).toBe(7000);
    expect(retryDelayMs(20, 5000, 7200, () => 0)).toBe(7_200_000);
  });
});
