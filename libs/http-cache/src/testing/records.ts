import type { StoredResponse } from '../policy/stored-response.js';
import type { CacheRecord } from '../store/cache-record.js';

/** An answer that was given just now, and is fresh for a minute. */
export function responseOf(over: Partial<StoredResponse> = {}): StoredResponse {
  const answeredAt = Date.now();
  const freshUntil = answeredAt + 60_000;
  const body = over.body ?? Buffer.from('text');
  return {
    statusCode: 200,
    headers: ['Content-Type', 'text/plain', 'ETag', '"1"', 'Content-Length', String(body.length)],
    body,
    answeredAt,
    initialAgeMs: 0,
    freshUntil,
    staleWhileRevalidateUntil: freshUntil,
    staleIfErrorUntil: freshUntil,
    mayBeStale: true,
    needsValidation: false,
    allowsCookie: true,
    allowsAuthorization: true,
    ...over,
  };
}

/** A record of an answer that doesn't vary. */
export function recordOf(
  url: string,
  {
    tags = [],
    key = url,
    primary = key,
    retainUntil = Date.now() + 3_600_000,
    ...over
  }: Partial<StoredResponse> & Partial<Omit<CacheRecord, 'value'>> = {},
): CacheRecord {
  return { key, primary, url, tags, retainUntil, value: { type: 'response', response: responseOf(over) } };
}
