import { ReadRequest, type CacheRequest } from '../policy/cache-request.js';

/** A GET of http://chat.example/a with these fields, which the origin gets unchanged. */
export function requestOf(headers: Record<string, string> = {}, over: Partial<CacheRequest> = {}): ReadRequest {
  const raw = Object.entries(headers).flat();
  return new ReadRequest({
    method: 'GET',
    scheme: 'http',
    host: 'chat.example',
    target: '/a',
    headers: raw,
    forwardedHeaders: () => raw,
    hasContent: false,
    ...over,
  });
}
