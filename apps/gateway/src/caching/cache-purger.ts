import type { CacheKey, CacheManager } from '@slipstream/cache';
import type { PurgeCache } from '@slipstream/contracts';
import type { PurgeScope, ResponseCache } from '@slipstream/http-cache';

/** Drops what an operator names from the caches of all gateways. */
export class CachePurger {
  /** @param responses absent when no web application is configured, or its cache is switched off */
  constructor(
    private readonly objects: CacheManager,
    private readonly responses: ResponseCache | undefined,
  ) {}

  /**
   * Drops it here at once.
   *
   * @returns whether it is dropped in Redis too, and announced to the other gateways. If not, it is pending: this
   * process repeats it as soon as it reaches Redis, before it uses Redis again
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
