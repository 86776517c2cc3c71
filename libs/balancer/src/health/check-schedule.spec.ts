import { expect, it } from 'vitest';
import { nextCheckDelayMs, outagePauseMs } from './check-schedule.js';

it.each([
  { intervalMs: 30_000, unsettledChecks: 0, random: 0, expected: 30_000 },
  { intervalMs: 30_000, unsettledChecks: 0, random: 1, expected: 27_000 },
  { intervalMs: 30_000, unsettledChecks: 1, random: 0, expected: 1_000 },
  { intervalMs: 30_000, unsettledChecks: 3, random: 0, expected: 4_000 },
  { intervalMs: 30_000, unsettledChecks: 6, random: 0, expected: 30_000 },
  { intervalMs: 30_000, unsettledChecks: 5_000, random: 0.5, expected: 28_500 },
  { intervalMs: 200, unsettledChecks: 1, random: 0, expected: 200 },
])(
  'waits $expected ms: interval $intervalMs, $doubtfulChecks doubtful checks, random $random',
  ({ intervalMs, unsettledChecks, random, expected }) => {
    expect(nextCheckDelayMs(intervalMs, unsettledChecks, random)).toBe(expected);
  },
);

it('checks every second at first while no backend is healthy, and every five after five minutes', () => {
  expect([0, 299_999, 300_000].map(outagePauseMs)).toEqual([1000, 1000, 5000]);
});
