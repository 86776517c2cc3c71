import { setTimeout as delay } from 'node:timers/promises';

/**
 * Begins work at the times of a Poisson process, however long the work takes: a slow system meets the same load as a
 * quick one.
 * @template Result
 * @param {{ratePerSecond: number, count: number, seed: number, ask: () => Promise<Result>}} options the same seed gives
 * the same times
 * @returns {Promise<Result[]>} rejects when one of them does
 */
export async function openLoop({ ratePerSecond, count, seed, ask }) {
  const startedAt = performance.now();
  const arrivals = arrivalTimes({ ratePerSecond, count, random: seededRandom(seed) });
  return Promise.all(
    arrivals.map(async (atMs) => {
      await delay(Math.max(0, atMs - (performance.now() - startedAt)));
      return ask();
    }),
  );
}

/** Times in ms, ascending; the gaps are exponentially distributed. */
function arrivalTimes({ ratePerSecond, count, random }) {
  let atMs = 0;
  return Array.from({ length: count }, () => (atMs += (-Math.log(1 - random()) * 1000) / ratePerSecond));
}

/** Mulberry32: small, and the same on every run. */
function seededRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
