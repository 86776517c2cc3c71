import type { CacheKey, CacheManager } from '@slipstream/cache';
import type { PurgeCache } from '@slipstream/contracts';
import type { PurgeScope } from '@slipstream/http-cache';
import type { Caching } from '@slipstream/proxy';
import type { EdgePurges } from '../cdn/edge-purges.js';

/** Purges the caches of all gateways, and the network in front. */
export class CachePurger {
  /**
   * @param responses absent if no web application is configured, or its cache is off
   * @param edge absent: no purge reaches a network
   */
  constructor(
    private readonly objects: CacheManager,
    private readonly responses: Pick<Caching, 'cache' | 'rules'> | undefined,
    private readonly edge: Pick<EdgePurges, 'purge'> | undefined,
  ) {}

  /**
   * Purges the caches here at once.
   *
   * The network follows later; `GET /admin/cdn` shows what is pending.
   *
   * @returns whether Redis and the other gateways have the purge too. If not, it is pending: this process repeats it
   * when Redis is reachable, before it uses Redis again
   */
  async purge({ soft: isSoft, ...what }: PurgeCache): Promise<boolean> {
    const { entity } = what;
    const object = entity === undefined ? true : await this.objects.delete(entity as CacheKey);
    const scope = scopeOf(what);
    const response = this.responses ? await this.responses.cache.purge(scope, { isSoft }) : true;
    if (this.responses) this.edge?.purge(scope, this.responses.rules, isSoft);
    return object && response;
  }
}

function scopeOf({ url, prefix, tag, entity }: Omit<PurgeCache, 'soft'>): PurgeScope {
  if (url !== undefined) return { type: 'url', url };
  if (prefix !== undefined) return { type: 'prefix', prefix };
  const one = tag ?? entity;
  return one === undefined ? { type: 'everything' } : { type: 'tags', tags: [one] };
}
