export { CacheChaos, type CacheChaosOptions } from './cache-chaos.js';
export { describeCache, type CacheUnderTest } from './cache-contract.js';
