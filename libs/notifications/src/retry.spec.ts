import { describe, expect, it } from 'vitest';
import { retryAfterSeconds } from './retry-after.js';
import { retryDelayMs } from './retry-schedule.js';

const NOW = new Date('2026-11-21T10:00:00Z');

describe('retryAfterSeconds', () => {
  it.each([
    ['120', 120],
    ['0', 0],
    ['Sat, 21 Nov 2026 10:01:30 GMT', 90],
    ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
    ['999999999999', 86_400],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s: %s', (header, seconds) => expect(retryAfterSeconds(header, NOW)).toBe(seconds));
});

describe('retryDelayMs', () => {
  it('grows threefold to an hour, spread by half', () => {
    expect([1, 2, 3, 20].map((attempt) => retryDelayMs(attempt, 5000, 0, () => 0.5))).toEqual([5000, 15_000, 45_000, 3_600_000]);
    expect([0, 0.999].map((random) => retryDelayMs(1, 1000, 0, () => random))).toEqual([500, 1499]);
  });

  it('is never shorter than what was asked for', () => {
    expect(retryDelayMs(1, 1000, 7, () => 0)).toBe(7000);
    expect(retryDelayMs(20, 5000, 7200, () => 0)).toBe(7_200_000);
  });
});
