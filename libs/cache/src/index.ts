export { CacheInvalidator } from './cache-invalidator.js';
export { CacheManager } from './cache-manager.js';
export type { CacheObserver, ReadOutcome } from './cache-observer.port.js';
export { createCache, type CacheOptions } from './create-cache.js';
export { keys, type CacheKey, type CachePattern } from './keys.js';
export type { CacheUsage } from './cache-store.port.js';
