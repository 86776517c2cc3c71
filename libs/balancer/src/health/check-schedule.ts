import { backOffMs } from '@slipstream/contracts';

/** First pause before the next check of an unsettled backend. It doubles up to the interval. */
const RECHECK_BASE_MS = 1000;
/** Pauses while no backend of the pool is healthy, so that every request is refused. */
const OUTAGE_PAUSE_MS = 1000;
const LONG_OUTAGE_PAUSE_MS = 5000;
/** Duration from which the longer pause applies. */
const LONG_OUTAGE_MS = 300_000;
/** Checks of many gateways on many backends spread over this part of the pause. */
const JITTER_RATIO = 0.1;

/**
 * Returns the pause before the next check. A settled backend is checked once per interval. An unsettled one is checked
 * sooner, so that an outage and a recovery are noticed within seconds.
 *
 * @param unsettledChecks consecutive checks that left the backend unsettled; 0 if it is settled
 * @param random in [0, 1)
 */
export function nextCheckDelayMs(intervalMs: number, unsettledChecks: number, random: number): number {
  const recheck = { firstMs: RECHECK_BASE_MS, maxMs: intervalMs };
  const pauseMs = unsettledChecks === 0 ? intervalMs : backOffMs(unsettledChecks, recheck);
  return pauseMs * (1 - JITTER_RATIO * random);
}

/**
 * Longest pause before the next check of a backend while no backend of its pool is healthy.
 *
 * @param downForMs duration of this outage
 */
export const outagePauseMs = (downForMs: number): number =>
  downForMs < LONG_OUTAGE_MS ? OUTAGE_PAUSE_MS : LONG_OUTAGE_PAUSE_MS;
