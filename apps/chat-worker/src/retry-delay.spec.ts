import { expect, it } from 'vitest';
import { SlipstreamError } from '@slipstream/contracts';
import { retryDelayMs } from './retry-delay.js';

const asking = (retryAfterSeconds?: number) =>
  new SlipstreamError('model_rate_limited', 'Slow down.', { isRetryable: true, retryAfterSeconds });

it('doubles with each attempt, up to half a minute', () => {
  expect([1, 2, 3, 7, 50].map((attempts) => retryDelayMs(attempts, asking()))).toEqual([
    500, 1000, 2000, 30_000, 30_000,
  ]);
  expect(retryDelayMs(1, new Error('whatever'))).toBe(500);
});

it.each([
  [1, 7, 7_000],
  [7, 7, 30_000],
  [1, 0, 500],
  [1, 86_400, 300_000],
])('after attempt %i, and asked for %i s, is %i ms', (attempts, seconds, delayMs) =>
  expect(retryDelayMs(attempts, asking(seconds))).toBe(delayMs),
);
