import type { ProcessGroup, Stores } from '@slipstream/runtime';
import { AssetDirectory } from '../assets/asset-directory.js';
import { CdnDirectory } from '../cdn/cdn-directory.js';
import type { Edge } from '../cdn/edge.js';
import { CachePurger } from './cache-purger.js';
import { GatewayCaches } from './gateway-caches.js';
import type { ResponseCaching } from './response-caching.js';

/** Creates what operators see and change of the caches, and of the network in front. */
export function createCacheTools(
  { cache, cacheCounts, purges }: Pick<Stores, 'cache' | 'cacheCounts' | 'purges'>,
  { caching, edge }: { caching: ResponseCaching | undefined; edge: Edge | undefined },
  group: ProcessGroup,
): { caches: GatewayCaches; purger: CachePurger; cdn: CdnDirectory; assets: AssetDirectory } {
  return {
    caches: new GatewayCaches({ objects: cache, objectCounts: cacheCounts, responses: caching }, group),
    purger: new CachePurger(cache, caching, purges, edge?.purges),
    cdn: new CdnDirectory(edge, group),
    assets: new AssetDirectory(caching?.assets, group),
  };
}
