export { CacheInvalidator } from './cache-invalidator.js';
export { CacheLoadTimeoutError } from './cache-load-timeout.error.js';
export { CacheManager } from './cache-manager.js';
export type { CacheObserver, ReadOutcome } from './cache-observer.port.js';
export { createCache, type Cache, type CacheOptions } from './create-cache.js';
export type { CacheUsage } from './cache-store.port.js';
export { keys, type CacheKey, type CachePattern } from './keys.js';
export type { Load, LoadOptions, ValueOptions } from './value-options.js';
