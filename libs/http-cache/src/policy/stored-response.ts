import { endToEndHeaders, filterHeaders, type RawHeaders } from '@slipstream/http';
import { fieldsOf, type Fields } from '../fields/fields.js';
import type { CacheRule } from './cache-rule.js';
import { freshnessLifetimeMs, initialAgeMs, type Exchanged } from './freshness.js';
import { responseDirectives, type ResponseDirectives } from './response-directives.js';

/** What decides whether an answer may be used again; everything about it that is ever asked, worked out once. Times are ms since the epoch. */
export interface Reusability {
  /** When its head came here. */
  readonly answeredAt: number;
  /** How old it was then. */
  readonly initialAgeMs: number;
  readonly freshUntil: number;
  /** Until when it may be used stale while it is being validated (RFC 5861 section 3). */
  readonly staleWhileRevalidateUntil: number;
  /** Until when it may be used stale when the origin fails (RFC 5861 section 4). */
  readonly staleIfErrorUntil: number;
  /** Whether it may be used stale when the origin can't be reached at all (RFC 9111 section 4.2.4). */
  readonly mayBeStale: boolean;
  /** `no-cache`: never to be used without asking. */
  readonly needsValidation: boolean;
  /** Whom it may be given to: everybody, or only who presents no credentials of that kind. */
  readonly allowsCookie: boolean;
  readonly allowsAuthorization: boolean;
}

/** A whole answer, as it is kept. */
export interface StoredResponse extends Reusability {
  readonly statusCode: number;
  /** End-to-end fields as they came, but Age, which is worked out anew, and Content-Length, which is the body's. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Fields that would be another request's, or are worked out anew. Proxy-Authentication-Info is one connection's (RFC 9110 section 11.7.3). */
const NOT_STORED: ReadonlySet<string> = new Set(['age', 'content-length', 'proxy-authentication-info']);

/** @returns the fields that may be stored (RFC 9111 section 3.1) */
export function storedHeaders(rawHeaders: RawHeaders, { withheldFields }: ResponseDirectives): string[] {
  return filterHeaders(endToEndHeaders(rawHeaders), (name) => !NOT_STORED.has(name) && !withheldFields.includes(name));
}

/** @param fields all that the answer says, what isn't stored included */
export function reusabilityOf(fields: Fields, exchanged: Exchanged, rule?: CacheRule, directives = responseDirectives(fields)): Reusability {
  const age = initialAgeMs(fields, exchanged);
  const lifetime = rule?.ttlMs ?? freshnessLifetimeMs(fields, directives, exchanged.answeredAt);
  const freshUntil = exchanged.answeredAt + lifetime - age;
  const forbidsStale = directives.mustRevalidate || directives.noCache;
  const until = (byRule: number | undefined, seconds: number | undefined): number => (forbidsStale ? freshUntil : freshUntil + (byRule ?? (seconds ?? 0) * 1000));
  const isForAll = rule !== undefined || directives.isPublic || directives.hasSharedMaxAge;
  return {
    answeredAt: exchanged.answeredAt,
    initialAgeMs: age,
    freshUntil,
    staleWhileRevalidateUntil: until(rule?.staleWhileRevalidateMs, directives.staleWhileRevalidateSeconds),
    staleIfErrorUntil: until(rule?.staleIfErrorMs, directives.staleIfErrorSeconds),
    mayBeStale: !forbidsStale && !directives.hasSharedMaxAge, // s-maxage means proxy-revalidate (RFC 9111 section 5.2.2.10)
    needsValidation: directives.noCache,
    allowsCookie: isForAll,
    allowsAuthorization: isForAll || directives.mustRevalidate, // RFC 9111 section 3.5
  };
}

export const isFresh = (stored: Reusability, now: number): boolean => !stored.needsValidation && now < stored.freshUntil;

/** RFC 9111 section 4.2.3, in whole seconds. */
export const currentAgeSeconds = (stored: Reusability, now: number): number => Math.max(0, Math.floor((stored.initialAgeMs + now - stored.answeredAt) / 1000));

export const fieldsOfStored = (stored: StoredResponse): Fields => fieldsOf(stored.headers);
