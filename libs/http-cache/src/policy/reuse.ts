import { parseDeltaSeconds } from '../fields/delta-seconds.js';
import { isPersonal, type ReadRequest } from './cache-request.js';
import { currentAgeSeconds, isFresh, type Reusability, type StoredResponse } from './stored-response.js';

/**
 * Use of a stored answer for a request. `fresh`: it is sent. `stale`: it is sent, and validated in the background.
 * `validate`: the origin validates it first. `unusable`: it is not for this client.
 */
export type Reuse = 'fresh' | 'stale' | 'validate' | 'unusable';

/** RFC 9111 section 4, with the client's Cache-Control (section 5.2.1). @param now ms since the epoch */
export function reuseOf(stored: StoredResponse, request: ReadRequest, now: number): Reuse {
  if (!isFor(stored, request)) return 'unusable';
  if (wantsOrigin(request) || isTooOld(stored, request, now)) return 'validate';
  if (isFresh(stored, now)) return 'fresh';
  if (toleratesStale(stored, request, now)) return 'fresh';
  return now < stored.staleWhileRevalidateUntil && !stored.needsValidation ? 'stale' : 'validate';
}

/** Whether this client may get it at all (RFC 9111 section 3.5, and the same for every other credential). */
export function isFor(stored: Reusability, request: ReadRequest): boolean {
  if (!isPersonal(request)) return true;
  const { hasAuthorization, hasOther } = request.credentials;
  return (stored.allowsCookie || !hasOther) && (stored.allowsAuthorization || !hasAuthorization);
}

/** Whether the client requires a request to the origin. Pragma counts only without Cache-Control (section 5.4). */
export const wantsOrigin = ({ directives, fields }: ReadRequest): boolean =>
  directives.has('no-cache') ||
  (!fields.has('cache-control') && /(?:^|,)\s*no-cache\s*(?:,|$)/i.test(fields.get('pragma') ?? ''));

function isTooOld(stored: StoredResponse, { directives }: ReadRequest, now: number): boolean {
  const maxAge = parseDeltaSeconds(directives.get('max-age'));
  const minFresh = parseDeltaSeconds(directives.get('min-fresh'));
  if (minFresh !== undefined && stored.freshUntil - now < minFresh * 1000) return true;
  return maxAge !== undefined && currentAgeSeconds(stored, now) >= maxAge;
}

/** max-stale, which must-revalidate outweighs (section 5.2.2.2). */
function toleratesStale(stored: StoredResponse, { directives }: ReadRequest, now: number): boolean {
  if (!directives.has('max-stale') || !stored.mayBeStale || stored.needsValidation) return false;
  const limit = directives.get('max-stale');
  return limit === undefined || now - stored.freshUntil <= (parseDeltaSeconds(limit) ?? 0) * 1000;
}

/**
 * Whether it may be sent although the origin failed. @param isReachable whether the origin answered, with a server
 * error
 */
export function mayServeStaleIfError(
  stored: StoredResponse,
  { isReachable, unreachableGraceMs, now }: { isReachable: boolean; unreachableGraceMs: number; now: number },
): boolean {
  if (stored.needsValidation) return false;
  if (now < stored.staleIfErrorUntil) return true;
  return !isReachable && stored.mayBeStale && now < stored.freshUntil + unreachableGraceMs;
}
