import { filterHeaders, type RawHeaders } from '@slipstream/http';
import type { Fields } from '../fields/fields.js';
import type { CacheRule } from './cache-rule.js';
import { ageValueMs, freshnessLifetimeMs, initialAgeMs, type Exchanged } from './freshness.js';
import type { ResponseDirectives } from './response-directives.js';

/** Clients that may get an answer: all, or only those without credentials of a kind. */
export interface Permissions {
  /** Whether clients with cookies, or any credential other than Authorization, may get it. */
  readonly allowsCookie: boolean;
  readonly allowsAuthorization: boolean;
}

/** All facts that decide about the reuse of an answer, computed once. Times are ms since the epoch. */
export interface Reusability extends Permissions {
  /** Time at which its head arrived. */
  readonly answeredAt: number;
  /** Its age at that time. */
  readonly initialAgeMs: number;
  readonly freshUntil: number;
  /** End of the time in which it may be used stale while it is being validated (RFC 5861 section 3). */
  readonly staleWhileRevalidateUntil: number;
  /** End of the time in which it may be used stale when the origin fails (RFC 5861 section 4). */
  readonly staleIfErrorUntil: number;
  /** Whether it may be used stale if the client allows it, or the origin is unreachable (RFC 9111 section 4.2.4). */
  readonly mayBeStale: boolean;
  /** `no-cache`: validate before each use. */
  readonly needsValidation: boolean;
}

/** A whole answer in the store. */
export interface StoredResponse extends Reusability {
  readonly statusCode: number;
  /**
   * End-to-end fields as received, except Age, which is recomputed. Ready to be sent, so with Date and the body's
   * Content-Length.
   */
  readonly headers: readonly string[];
  /** The origin's entity tag, if that among `headers` is of the content. */
  readonly originTag?: string;
  readonly body: Buffer;
}

/**
 * Fields of another request, or fields that are recomputed. Proxy-Authentication-Info is for one connection (RFC 9110
 * section 11.7.3).
 */
const NOT_STORED: ReadonlySet<string> = new Set(['age', 'content-length', 'proxy-authentication-info']);

/**
 * @param headers end-to-end.
 * @returns the fields that may be stored (RFC 9111 section 3.1), except Content-Length, which is derived from the body
 */
export function storableHeaders(headers: RawHeaders, { withheldFields }: ResponseDirectives): string[] {
  const withheld = new Set(withheldFields);
  return filterHeaders(headers, (name) => !NOT_STORED.has(name) && !withheld.has(name));
}

/** Combines the head and the body of an answer, once both are complete. */
export function storedResponse(
  statusCode: number,
  headers: RawHeaders,
  reusability: Reusability,
  body: Buffer,
): StoredResponse {
  const sent = [...headers];
  if (!headers.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'date'))
    sent.push('Date', new Date(reusability.answeredAt).toUTCString()); // RFC 9110 section 6.6.1
  if (statusCode !== 204) sent.push('Content-Length', String(body.length));
  return { ...reusability, statusCode, headers: sent, body };
}

/** RFC 9111 section 3.5 and, stricter than it, the same for every other credential. */
export function permissionsOf(directives: ResponseDirectives, rule: CacheRule | undefined): Permissions {
  const isForAll = rule !== undefined || directives.isPublic || directives.hasSharedMaxAge;
  return { allowsCookie: isForAll, allowsAuthorization: isForAll || directives.mustRevalidate };
}

/** The times of a rule apply to successful answers. Any other answer keeps its own lifetime. */
export const timesOf = (statusCode: number, rule: CacheRule | undefined): CacheRule | undefined =>
  (statusCode >= 200 && statusCode < 300) || (isMove(statusCode) && rule?.checksType !== true) ? rule : undefined;

/** A redirect of an immutable file is not permanent. */
const isMove = (statusCode: number): boolean => statusCode === 301 || statusCode === 308;

/** Whether an answer states its lifetime. */
export const hasLifetime = (fields: Fields, { maxAgeSeconds }: ResponseDirectives): boolean =>
  maxAgeSeconds !== undefined || fields.has('expires');

/**
 * The requested part. With the client's own range or condition, the answer says little about the URL, for every status.
 */
export type RequestedPart = 'whole' | 'range' | 'condition';

/** The parts of an answer's head that decide about reuse. */
export interface AnswerHead {
  readonly statusCode: number;
  /** All fields of the answer, including those that are not stored. */
  readonly fields: Fields;
  readonly directives: ResponseDirectives;
  readonly requestedPart: RequestedPart;
}

export function reusabilityOf(
  { statusCode, fields, directives }: Omit<AnswerHead, 'requestedPart'>,
  exchanged: Exchanged,
  rule: CacheRule | undefined,
): Reusability {
  const { answeredAt } = exchanged;
  const times = timesOf(statusCode, rule);
  const age = initialAgeMs(fields, exchanged);
  const freshUntil =
    times?.ttlMs === undefined
      ? answeredAt - age + freshnessLifetimeMs(fields, directives, answeredAt + (exchanged.wallAheadMs ?? 0))
      : answeredAt - ageValueMs(fields) + times.ttlMs;
  const forbidsStale = directives.mustRevalidate || directives.noCache;
  const staleUntil = (byRule: number | undefined, seconds = 0): number =>
    freshUntil + (byRule ?? (forbidsStale ? 0 : seconds * 1000));
  return {
    ...permissionsOf(directives, rule),
    answeredAt,
    initialAgeMs: age,
    freshUntil,
    staleWhileRevalidateUntil: staleUntil(times?.staleWhileRevalidateMs, directives.staleWhileRevalidateSeconds),
    staleIfErrorUntil: staleUntil(times?.staleIfErrorMs, directives.staleIfErrorSeconds),
    // s-maxage implies proxy-revalidate (RFC 9111 section 5.2.2.10). Without a lifetime, the origin did not make it
    // shareable.
    mayBeStale:
      !forbidsStale && !directives.hasSharedMaxAge && (hasLifetime(fields, directives) || times?.ttlMs !== undefined),
    needsValidation: directives.noCache && times?.ttlMs === undefined,
  };
}

export const isFresh = (stored: Reusability, now: number): boolean =>
  !stored.needsValidation && now < stored.freshUntil;

/** RFC 9111 section 4.2.3, in whole seconds. */
export const currentAgeSeconds = (stored: Reusability, now: number): number =>
  Math.max(0, Math.floor((stored.initialAgeMs + now - stored.answeredAt) / 1000));
