import { keys, type CacheManager } from '@slipstream/cache';
import type { QueryCachePort } from '@slipstream/mongo';

/** The object cache, for results of database queries. */
export const queryCacheIn = (cache: Pick<CacheManager, 'getOrLoad' | 'deleteTag'>): QueryCachePort => ({
  getOrLoad: (key, load, options) => cache.getOrLoad(keys.query(key), load, options),
  async drop(tags) {
    await Promise.all(tags.map((tag) => cache.deleteTag(tag)));
  },
});
