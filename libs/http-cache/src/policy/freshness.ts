import { parseDeltaSeconds } from '../fields/delta-seconds.js';
import type { Fields } from '../fields/fields.js';
import { parseHttpDate } from '../fields/http-date.js';
import type { ResponseDirectives } from './response-directives.js';

/** When an answer was asked for and when its head came; ms since the epoch. */
export interface Exchanged {
  readonly requestedAt: number;
  readonly answeredAt: number;
  /** How far the wall clock, which dates are by, was ahead of the clock that these instants are by. Default 0. */
  readonly wallAheadMs?: number;
}

/** How long it is fresh from its making (RFC 9111 section 4.2.1), by what it says itself: nothing is guessed. In ms. */
export function freshnessLifetimeMs(
  fields: Fields,
  { maxAgeSeconds, isTargeted }: ResponseDirectives,
  answeredAt: number,
): number {
  if (maxAgeSeconds !== undefined) return maxAgeSeconds * 1000;
  if (isTargeted) return 0; // RFC 9213 section 2.2: Expires is not looked at
  const expires = parseHttpDate(fields.get('expires'), answeredAt);
  if (expires === undefined) return 0; // an invalid one, such as "0", is in the past (section 5.3)
  return Math.max(0, expires - (parseHttpDate(fields.get('date'), answeredAt) ?? answeredAt));
}

/** What Age says, in ms; of a list the first counts, what is no number doesn't (RFC 9111 section 5.1). */
export const ageValueMs = (fields: Fields): number =>
  (parseDeltaSeconds(fields.get('age')?.split(',', 1)[0]?.trim()) ?? 0) * 1000;

/** How old it was when its head came here (RFC 9111 section 4.2.3), in ms. */
export function initialAgeMs(fields: Fields, { requestedAt, answeredAt, wallAheadMs = 0 }: Exchanged): number {
  const answeredOn = answeredAt + wallAheadMs;
  const date = parseHttpDate(fields.get('date'), answeredOn) ?? answeredOn;
  const apparentAge = Math.max(0, answeredOn - date);
  return Math.max(apparentAge, ageValueMs(fields) + (answeredAt - requestedAt));
}
