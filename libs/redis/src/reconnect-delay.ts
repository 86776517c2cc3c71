const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 2_000;

/**
 * How long to wait before the n-th attempt to connect again, in ms: doubling, capped, for ever, and jittered so that a
 * fleet doesn't come back in step.
 *
 * @param attempt counts from 1
 */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 16));
  return Math.round(ceiling * (0.5 + random() / 2));
}
