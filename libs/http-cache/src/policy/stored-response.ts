import { filterHeaders, type RawHeaders } from '@slipstream/http';
import type { Fields } from '../fields/fields.js';
import type { CacheRule } from './cache-rule.js';
import { ageValueMs, freshnessLifetimeMs, initialAgeMs, type Exchanged } from './freshness.js';
import type { ResponseDirectives } from './response-directives.js';

/** Whom an answer may be given to: everybody, or only who presents no credentials of that kind. */
export interface Permissions {
  /** Of cookies, and of every other credential but Authorization. */
  readonly allowsCookie: boolean;
  readonly allowsAuthorization: boolean;
}

/**
 * What decides whether an answer may be used again; everything about it that is ever asked, worked out once. Times are
 * ms since the epoch.
 */
export interface Reusability extends Permissions {
  /** When its head came here. */
  readonly answeredAt: number;
  /** How old it was then. */
  readonly initialAgeMs: number;
  readonly freshUntil: number;
  /** Until when it may be used stale while it is being validated (RFC 5861 section 3). */
  readonly staleWhileRevalidateUntil: number;
  /** Until when it may be used stale when the origin fails (RFC 5861 section 4). */
  readonly staleIfErrorUntil: number;
  /**
   * Whether it may be used stale when the client says so, or the origin can't be reached at all (RFC 9111 section
   * 4.2.4).
   */
  readonly mayBeStale: boolean;
  /** `no-cache`: never to be used without asking. */
  readonly needsValidation: boolean;
}

/** A whole answer, as it is kept. */
export interface StoredResponse extends Reusability {
  readonly statusCode: number;
  /**
   * End-to-end fields as they came, but Age, which is worked out anew; ready to be sent, so with Date and the body's
   * Content-Length.
   */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/**
 * Fields that would be another request's, or are worked out anew. Proxy-Authentication-Info is one connection's (RFC
 * 9110 section 11.7.3).
 */
const NOT_STORED: ReadonlySet<string> = new Set(['age', 'content-length', 'proxy-authentication-info']);

/**
 * @param headers end-to-end.
 * @returns those that may be stored (RFC 9111 section 3.1), but Content-Length, which is the body's
 */
export function storableHeaders(headers: RawHeaders, { withheldFields }: ResponseDirectives): string[] {
  const withheld = new Set(withheldFields);
  return filterHeaders(headers, (name) => !NOT_STORED.has(name) && !withheld.has(name));
}

/** What an answer's head and body make, once both are whole. */
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

/** RFC 9111 section 3.5, and, more strictly, the same for every other credential. */
export function permissionsOf(directives: ResponseDirectives, rule: CacheRule | undefined): Permissions {
  const isForAll = rule !== undefined || directives.isPublic || directives.hasSharedMaxAge;
  return { allowsCookie: isForAll, allowsAuthorization: isForAll || directives.mustRevalidate };
}

/**
 * A rule's times are about answers that a person would call a success. Any other is kept for as long as it says itself.
 */
export const timesOf = (statusCode: number, rule: CacheRule | undefined): CacheRule | undefined =>
  (statusCode >= 200 && statusCode < 300) || (isMove(statusCode) && rule?.checksType !== true) ? rule : undefined;

/** Of a file that never changes a redirect says nothing that lasts. */
const isMove = (statusCode: number): boolean => statusCode === 301 || statusCode === 308;

/** Whether an answer says how long it is fresh. */
export const hasLifetime = (fields: Fields, { maxAgeSeconds }: ResponseDirectives): boolean =>
  maxAgeSeconds !== undefined || fields.has('expires');

/**
 * What the origin was asked for: with the client's own range or condition its answer says little of the URL, whatever
 * its status.
 */
export type RequestedPart = 'whole' | 'range' | 'condition';

/** An answer's head, as far as it decides about reuse. */
export interface AnswerHead {
  readonly statusCode: number;
  /** All that the answer says, what isn't stored included. */
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
    // s-maxage means proxy-revalidate (RFC 9111 section 5.2.2.10); what says no time was never said to be for anybody
    // else.
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
