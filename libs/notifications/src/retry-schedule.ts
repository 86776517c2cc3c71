import { backOffMs } from '@slipstream/contracts';

/** Longest pause of the schedule itself. */
const MAX_DELAY_MS = 3_600_000;

/**
 * Pause before the next try: `baseMs`, then three times as long with each, up to an hour, spread by half up and down;
 * never less than the receiver requires.
 * @param attempt that has just failed; counts from 1
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(
  attempt: number,
  baseMs: number,
  retryAfterSeconds = 0,
  random: () => number = Math.random,
): number {
  const backOff = { firstMs: baseMs, maxMs: MAX_DELAY_MS, factor: 3, spread: [0.5, 1.5] } as const;
  return Math.max(backOffMs(attempt, backOff, random), retryAfterSeconds * 1000);
}
