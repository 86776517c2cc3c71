import type { CacheKey, CacheManager } from '@slipstream/cache';
import type { PurgeCache } from '@slipstream/contracts';
import type { PurgeScope, ResponseCache } from '@slipstream/http-cache';

/** Purges the caches of all gateways. */
export class CachePurger {
  /** @param responses absent if no web application is configured, or its cache is off */
  constructor(
    private readonly objects: CacheManager,
    private readonly responses: ResponseCache | undefined,
  ) {}

  /**
   * Purges the caches here at once.
   *
   * @returns whether Redis and the other gateways have the purge too. If not, it is pending: this process repeats it
   * when Redis is reachable, before it uses Redis again
   */
  async purge({ soft: isSoft, ...what }: PurgeCache): Promise<boolean> {
    const { entity } = what;
    const object = entity === undefined ? true : await this.objects.delete(entity as CacheKey);
    const response = this.responses ? await this.responses.purge(scopeOf(what), { isSoft }) : true;
    return object && response;
  }
}

function scopeOf({ url, prefix, tag, entity }: Omit<PurgeCache, 'soft'>): PurgeScope {
  if (url !== undefined) return { type: 'url', url };
  if (prefix !== undefined) return { type: 'prefix', prefix };
  const one = tag ?? entity;
  return one === undefined ? { type: 'everything' } : { type: 'tags', tags: [one] };
}
