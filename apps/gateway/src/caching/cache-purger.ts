import type { CacheKey, CacheManager } from '@slipstream/cache';
import type { PurgeCache } from '@slipstream/contracts';
import type { PurgeScope } from '@slipstream/http-cache';
import type { Caching } from '@slipstream/proxy';
import type { SharedPurges } from '@slipstream/redis';
import type { EdgePurges } from '../cdn/edge-purges.js';

/** Longest wait for a slow Redis. An operator can wait longer than a request, for which 50 ms are the limit. */
const CONFIRM_MS = 2_000;

/** Purges the caches of all gateways, and the network in front. */
export class CachePurger {
  /**
   * @param responses absent if no web application is configured, or its cache is off
   * @param shared absent: no cache is shared by Redis
   * @param edge absent: no purge reaches a network
   */
  constructor(
    private readonly objects: CacheManager,
    private readonly responses: Pick<Caching, 'cache' | 'rules'> | undefined,
    private readonly shared: Pick<SharedPurges, 'confirmPending'> | undefined,
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
    return (object && response) || (await this.shared?.confirmPending(CONFIRM_MS)) === true;
  }
}

function scopeOf({ url, prefix, tag, entity }: Omit<PurgeCache, 'soft'>): PurgeScope {
  if (url !== undefined) return { type: 'url', url };
  if (prefix !== undefined) return { type: 'prefix', prefix };
  const one = tag ?? entity;
  return one === undefined ? { type: 'everything' } : { type: 'tags', tags: [one] };
}
