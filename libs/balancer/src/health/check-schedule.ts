import { backOffMs } from '@slipstream/contracts';

/** First pause before a backend in doubt is asked again; doubles up to the interval. */
const RECHECK_BASE_MS = 1000;
/** Checks of many gateways on many backends spread over this part of the pause. */
const JITTER_RATIO = 0.1;

/**
 * How long to wait before the next check. A settled backend is asked once per interval; one in doubt sooner, so that an
 * outage and a recovery are noticed in seconds rather than in intervals.
 *
 * @param doubtfulChecks checks in a row that left the backend unsettled, 0 when it is settled
 * @param random in [0, 1)
 */
export function nextCheckDelayMs(intervalMs: number, doubtfulChecks: number, random: number): number {
  const recheck = { firstMs: RECHECK_BASE_MS, maxMs: intervalMs };
  const pauseMs = doubtfulChecks === 0 ? intervalMs : backOffMs(doubtfulChecks, recheck);
  return pauseMs * (1 - JITTER_RATIO * random);
}
