import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { claimedOrigin, hasBody, type Peer } from '@slipstream/http';
import type { CacheRequest, CacheRules, ReadRuling, ResponseCache } from '@slipstream/http-cache';

/** The response cache before the pool, and its rules. */
export interface Caching {
  cache: ResponseCache;
  rules: CacheRules;
}

/** A request, as it is known before it goes anywhere. */
export interface KnownRequest {
  readonly request: IncomingMessage;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly peer: Peer;
  /** As a backend gets its fields. */
  readonly forwardedHeaders: () => string[];
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';
const NEVER: ReadRuling = { rule: { scope: 'never' } };

/** @param isWrite it changes something, although it may be a GET: some applications sign people out by one */
export function cacheRequestOf(
  { request, method, target, peer, forwardedHeaders }: KnownRequest,
  rules: CacheRules,
  isWrite: boolean,
): CacheRequest {
  const headers = request.rawHeaders;
  const { scheme, isClear, rest } = claimedOrigin(headers, request.headers.host, peer);
  const host = isClear ? request.headers.host : undefined;
  const ruling =
    host === undefined || (isWrite && isRead(method)) ? NEVER : rulingOn(rules, method, target, request, peer);
  const claims = rest === '' ? undefined : hash('sha256', rest, 'base64url');
  return {
    method,
    scheme,
    host: host ?? '',
    target,
    headers,
    forwardedHeaders,
    hasContent: hasBody(request),
    claims,
    ...ruling,
  };
}

function rulingOn(
  rules: CacheRules,
  method: string,
  target: string,
  { rawHeaders: headers }: IncomingMessage,
  { isTrusted }: Peer,
): ReadRuling {
  return isRead(method) ? rules.read({ method, target, headers, isTrusted }) : rules.other(target);
}
