import { memoryShares, type Config } from '@slipstream/config';

/** Bytes that the process may take in all, if that is set, and those of its heap and its caches. */
export function memoryPlan(config: Config): { maxBytes?: number; heapAndCachesBytes: number } {
  const { heapBytes, responseCacheBytes, objectCacheBytes } = memoryShares(config);
  const { memory, web, cache } = config;
  return {
    maxBytes: memory.maxBytes,
    heapAndCachesBytes: heapBytes + (web.cache.maxBytes ?? responseCacheBytes) + (cache.maxBytes ?? objectCacheBytes),
  };
}
