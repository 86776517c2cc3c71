import { parseDeltaSeconds } from '../fields/delta-seconds.js';
import { isPersonal, type ReadRequest } from './cache-request.js';
import { currentAgeSeconds, isFresh, type Reusability, type StoredResponse } from './stored-response.js';

/**
 * What is done with a request for which there is a stored answer. `fresh`: it is given. `stale`: it is given, and
 * validated behind it. `validate`: the origin is asked first. `unusable`: it isn't for this client.
 */
export type Reuse = 'fresh' | 'stale' | 'validate' | 'unusable';

/** RFC 9111 section 4, and what the client says in Cache-Control (section 5.2.1). @param now ms since the epoch */
export function reuseOf(stored: StoredResponse, request: ReadRequest, now: number): Reuse {
  if (!isFor(stored, request)) return 'unusable';
  if (wantsOrigin(request) || isTooOld(stored, request, now)) return 'validate';
  if (isFresh(stored, now)) return 'fresh';
  if (toleratesStale(stored, request, now)) return 'fresh';
  return now < stored.staleWhileRevalidateUntil && !stored.needsValidation ? 'stale' : 'validate';
}

/** Whether it may be given to this client at all (RFC 9111 section 3.5, and the same for every other credential). */
export function isFor(stored: Reusability, request: ReadRequest): boolean {
  if (!isPersonal(request)) return true;
  const { hasAuthorization, hasOther } = request.credentials;
  return (stored.allowsCookie || !hasOther) && (stored.allowsAuthorization || !hasAuthorization);
}

/** Whether the client wants the origin asked. Section 5.4: Pragma is heard only where Cache-Control says nothing. */
export const wantsOrigin = ({ directives, fields }: ReadRequest): boolean =>
  directives.has('no-cache') ||
  (!fields.has('cache-control') && /(?:^|,)\s*no-cache\s*(?:,|$)/i.test(fields.get('pragma') ?? ''));

function isTooOld(stored: StoredResponse, { directives }: ReadRequest, now: number): boolean {
  const maxAge = parseDeltaSeconds(directives.get('max-age'));
  const minFresh = parseDeltaSeconds(directives.get('min-fresh'));
  if (minFresh !== undefined && stored.freshUntil - now < minFresh * 1000) return true;
  return maxAge !== undefined && currentAgeSeconds(stored, now) >= maxAge;
}

/** max-stale, which no must-revalidate yields to (section 5.2.2.2). */
function toleratesStale(stored: StoredResponse, { directives }: ReadRequest, now: number): boolean {
  if (!directives.has('max-stale') || !stored.mayBeStale || stored.needsValidation) return false;
  const limit = directives.get('max-stale');
  return limit === undefined || now - stored.freshUntil <= (parseDeltaSeconds(limit) ?? 0) * 1000;
}

/** Whether it may be given although the origin failed. @param isReachable it answered, with a server error */
export function mayServeStaleIfError(
  stored: StoredResponse,
  { isReachable, unreachableGraceMs, now }: { isReachable: boolean; unreachableGraceMs: number; now: number },
): boolean {
  if (stored.needsValidation) return false;
  if (now < stored.staleIfErrorUntil) return true;
  return !isReachable && stored.mayBeStale && now < stored.freshUntil + unreachableGraceMs;
}
