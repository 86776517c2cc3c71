import type { IncomingMessage } from 'node:http';
import { hasBody, type Peer } from '@slipstream/http';
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
export function cacheRequestOf({ request, method, target, peer, forwardedHeaders }: KnownRequest, rules: CacheRules, isWrite: boolean): CacheRequest {
  const headers = request.rawHeaders;
  const { scheme, host } = authorityOf(request, peer);
  const ruling = host === undefined || (isWrite && isRead(method)) ? NEVER : isRead(method) ? rules.read({ method, target, headers }) : rules.other(target);
  return { method, scheme, host: host ?? '', target, headers, forwardedHeaders, hasContent: hasBody(request), ...ruling };
}

/**
 * What the application believes was asked: its answers may name it, so they are kept by it.
 * @returns no host when there is none, or a trusted peer names another one than Host does
 */
function authorityOf({ headers }: IncomingMessage, { isTrusted, isEncrypted }: Peer): { scheme: 'http' | 'https'; host: string | undefined } {
  const own = isEncrypted ? 'https' : 'http';
  const proto = (isTrusted && headers['x-forwarded-proto']) || own;
  const isClear = proto === 'http' || proto === 'https';
  const isOne = !isTrusted || (headers['x-forwarded-host'] ?? headers.host) === headers.host;
  return { scheme: isClear ? proto : own, host: isOne && isClear ? headers.host : undefined };
}
