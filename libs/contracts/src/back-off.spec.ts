import { describe, expect, it } from 'vitest';
import { backOffMs } from './back-off.js';

describe('a back-off', () => {
  it.each([
    ['doubles', { firstMs: 100, maxMs: 5_000 }, [100, 200, 400, 5_000]],
    ['grows by its factor', { firstMs: 1_000, maxMs: 300_000, factor: 4 }, [1_000, 4_000, 16_000, 300_000]],
  ])('%s up to its longest pause', (_, backOff, expected) => {
    expect([1, 2, 3, 100_000].map((failures) => backOffMs(failures, backOff))).toEqual(expected);
  });

  it.each([
    [
      [0.5, 1.5],
      [500, 1_000, 1_500],
    ],
    [
      [0.5, 1],
      [500, 750, 1_000],
    ],
  ] as const)('is spread over %s of the pause', (spread, expected) => {
    const randoms = [0, 0.5, 1 - Number.EPSILON];
    const pause = (random: number): number => backOffMs(1, { firstMs: 1_000, maxMs: 1_000, spread }, () => random);
    expect(randoms.map(pause)).toEqual(expected);
  });
});
