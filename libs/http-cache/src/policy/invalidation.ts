import type { Fields } from '../fields/fields.js';
import { isSafe, type CacheRequest } from './cache-request.js';
import { urlOf } from './cache-key.js';

/**
 * The URLs whose answers an unsafe request invalidates (RFC 9111 section 4.4): its own, and Location and
 * Content-Location on the same origin only, so that one origin cannot invalidate answers of another.
 */
export function invalidatedUrls(request: CacheRequest, statusCode: number, answer: Fields): string[] {
  if (isSafe(request.method) || statusCode < 200 || statusCode >= 400) return [];
  const own = urlOf(request);
  const others = ['location', 'content-location'].flatMap((name) => sameOriginUrl(answer.get(name), own) ?? []);
  return [...new Set([own, ...others])];
}

function sameOriginUrl(reference: string | undefined, base: string): string | undefined {
  if (reference === undefined || !URL.canParse(reference, base)) return undefined;
  const url = new URL(reference, base);
  const scheme = url.protocol.slice(0, -1);
  if (url.origin !== new URL(base).origin || (scheme !== 'http' && scheme !== 'https')) return undefined;
  return urlOf({ scheme, host: url.host, target: url.pathname + url.search });
}
