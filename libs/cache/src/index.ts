export { CacheInvalidator } from './cache-invalidator.js';
export { CacheManager, type ValueOptions } from './cache-manager.js';
export type { CacheObserver, ReadOutcome } from './cache-observer.port.js';
export { createCache, type Cache, type CacheOptions } from './create-cache.js';
export { keys, type CacheKey, type CachePattern } from './keys.js';
