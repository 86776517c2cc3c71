import { parseDeltaSeconds } from '../fields/delta-seconds.js';
import type { Fields } from '../fields/fields.js';
import { parseHttpDate } from '../fields/http-date.js';
import type { ResponseDirectives } from './response-directives.js';

/** Times of the request and of the answer's head; ms since the epoch. */
export interface Exchanged {
  readonly requestedAt: number;
  readonly answeredAt: number;
  /** Lead of the wall clock, which dates are based on, over the clock of these times. Default 0. */
  readonly wallAheadMs?: number;
}

/** Freshness lifetime by the answer's own fields (RFC 9111 section 4.2.1), without heuristics. In ms. */
export function freshnessLifetimeMs(
  fields: Fields,
  { maxAgeSeconds, isTargeted }: ResponseDirectives,
  answeredAt: number,
): number {
  if (maxAgeSeconds !== undefined) return maxAgeSeconds * 1000;
  if (isTargeted) return 0; // RFC 9213 section 2.2: Expires is ignored
  const expires = parseHttpDate(fields.get('expires'), answeredAt);
  if (expires === undefined) return 0; // an invalid one, such as "0", is in the past (section 5.3)
  return Math.max(0, expires - (parseHttpDate(fields.get('date'), answeredAt) ?? answeredAt));
}

/** Value of Age in ms. Of a list the first member counts, and an invalid one is ignored (RFC 9111 section 5.1). */
export const ageValueMs = (fields: Fields): number =>
  (parseDeltaSeconds(fields.get('age')?.split(',', 1)[0]?.trim()) ?? 0) * 1000;

/** Age of the answer when its head arrived (RFC 9111 section 4.2.3), in ms. */
export function initialAgeMs(fields: Fields, { requestedAt, answeredAt, wallAheadMs = 0 }: Exchanged): number {
  const answeredOn = answeredAt + wallAheadMs;
  const date = parseHttpDate(fields.get('date'), answeredOn) ?? answeredOn;
  const apparentAge = Math.max(0, answeredOn - date);
  return Math.max(apparentAge, ageValueMs(fields) + (answeredAt - requestedAt));
}
