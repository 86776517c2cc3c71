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

  /** Resolves when it is dropped here and in Redis, and the other processes have been told. */
  async purge({ soft: isSoft, ...what }: PurgeCache): Promise<void> {
    const { entity } = what;
    if (entity !== undefined) await this.objects.delete(entity as CacheKey);
    await this.responses?.purge(scopeOf(what), { isSoft });
  }
}

function scopeOf({ url, prefix, tag, entity }: Omit<PurgeCache, 'soft'>): PurgeScope {
  if (url !== undefined) return { type: 'url', url };
  if (prefix !== undefined) return { type: 'prefix', prefix };
  const one = tag ?? entity;
  return one === undefined ? { type: 'everything' } : { type: 'tags', tags: [one] };
}
