import { parseCacheControl, type Directives } from '../fields/cache-control.js';
import { parseDeltaSeconds } from '../fields/delta-seconds.js';
import type { Fields } from '../fields/fields.js';
import { splitList } from '../fields/list.js';
import { parseTargetedCacheControl } from '../fields/targeted-cache-control.js';

/** Cache directives of an answer (RFC 9111 section 5.2.2). */
export interface ResponseDirectives {
  /** Whether they come from a field for caches like this one (RFC 9213), which replaces Cache-Control and Expires. */
  readonly isTargeted: boolean;
  readonly noStore: boolean;
  /** Unqualified `no-cache`: validate before each use. */
  readonly noCache: boolean;
  /** Unqualified `private`. */
  readonly isPrivate: boolean;
  /** Fields named by qualified `no-cache` and `private`, which a shared store must not keep. In lower case. */
  readonly withheldFields: readonly string[];
  readonly isPublic: boolean;
  /** `must-revalidate` or `proxy-revalidate`. */
  readonly mustRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly hasSharedMaxAge: boolean;
  /** From `s-maxage`, otherwise `max-age`; 0 if that is not a number (section 4.2.1). Absent: neither is present. */
  readonly maxAgeSeconds?: number;
  readonly staleWhileRevalidateSeconds?: number;
  readonly staleIfErrorSeconds?: number;
}

export function responseDirectives(fields: Fields): ResponseDirectives {
  const targeted = parseTargetedCacheControl(fields.get('cdn-cache-control'));
  const directives = targeted ?? parseCacheControl(fields.get('cache-control'));
  const has = (name: string): boolean => directives.has(name);
  return {
    isTargeted: targeted !== undefined,
    noStore: has('no-store'),
    noCache: has('no-cache') && directives.get('no-cache') === undefined,
    isPrivate: has('private') && directives.get('private') === undefined,
    withheldFields: [...namedFields(directives, 'no-cache'), ...namedFields(directives, 'private')],
    isPublic: has('public'),
    mustRevalidate: has('must-revalidate') || has('proxy-revalidate'),
    mustUnderstand: has('must-understand'),
    hasSharedMaxAge: has('s-maxage'),
    maxAgeSeconds: maxAgeOf(directives),
    staleWhileRevalidateSeconds: parseDeltaSeconds(directives.get('stale-while-revalidate')),
    staleIfErrorSeconds: parseDeltaSeconds(directives.get('stale-if-error')),
  };
}

function maxAgeOf(directives: Directives): number | undefined {
  const name = ['s-maxage', 'max-age'].find((each) => directives.has(each));
  return name === undefined ? undefined : (parseDeltaSeconds(directives.get(name)) ?? 0);
}

const namedFields = (directives: Directives, name: string): string[] =>
  splitList(directives.get(name) ?? '').map((field) => field.toLowerCase());
