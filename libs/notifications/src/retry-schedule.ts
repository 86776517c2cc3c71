/** Longest pause that a schedule makes by itself. */
const MAX_DELAY_MS = 3_600_000;
const FACTOR = 3;

/**
 * Pause before the next try: `baseMs`, then three times as long with each, up to an hour, spread by half up and down so
 * that what failed together doesn't return together; never less than the receiver asked for.
 * @param attempt that has just failed; counts from 1
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(
  attempt: number,
  baseMs: number,
  retryAfterSeconds = 0,
  random: () => number = Math.random,
): number {
  const exponential = Math.min(baseMs * FACTOR ** (attempt - 1), MAX_DELAY_MS);
  return Math.max(Math.round(exponential * (0.5 + random())), retryAfterSeconds * 1000);
}
