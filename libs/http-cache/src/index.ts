export type { CacheObserver, CacheOutcome, SharedOutcome } from './cache-observer.port.js';
export type { CacheClient, Passage } from './flight/cache-client.port.js';
export type { OriginFetch } from './flight/origin-fetch.port.js';
export { missedMessages } from './missed-messages.js';
export type { CacheRequest } from './policy/cache-request.js';
export type { CacheRule } from './policy/cache-rule.js';
export type { PurgeScope } from './purge/purge-scope.js';
export { ResponseCache, type CacheUsage } from './response-cache.js';
export type { ResponseCacheOptions } from './response-cache.options.js';
