export type { CacheObserver, CacheOutcome, SharedOutcome } from './cache-observer.port.js';
export type { CacheClient, Passage } from './coalescing/cache-client.port.js';
export type { OriginFetch } from './coalescing/origin-fetch.port.js';
export { missedMessages } from './missed-messages.js';
export type { CacheRequest } from './policy/cache-request.js';
export type { CacheRule } from './policy/cache-rule.js';
export type { StoredResponse } from './policy/stored-response.js';
export type { Purge, PurgeScope } from './purge/purge-scope.js';
export { RedisResponseStore, type RedisResponseStoreOptions } from './redis/redis.response-store.js';
export { ResponseCache, type CacheUsage } from './response-cache.js';
export type { ResponseCacheOptions } from './response-cache.options.js';
export {
  CacheRules,
  type CacheRulesOptions,
  type ReadRuling,
  type RuledRequest,
  type WriteUnderWay,
} from './rules/cache-rules.js';
export type { ReadRule, WriteRule } from './rules/rule.js';
export type { CacheRecord, CacheValue } from './store/cache-record.js';
export type { PurgeMoment, SharedResponseStore } from './store/shared-store.port.js';
