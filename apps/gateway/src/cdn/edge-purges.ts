import { edgeTag, type CDNManager, type EdgePurge, type PurgeQueue, type PurgeQueueStatus } from '@slipstream/cdn';
import { targetOf, type CacheRules, type PurgeScope } from '@slipstream/http-cache';

/** Dependencies of {@link EdgePurges}. */
export interface EdgePurgesPorts {
  queue: PurgeQueue;
  cdn: Pick<CDNManager, 'getCdnUrl' | 'sendsTags'>;
}

/** Sends the purges of the response cache to the network in front. */
export class EdgePurges {
  constructor(private readonly ports: EdgePurgesPorts) {}

  get status(): PurgeQueueStatus {
    return this.ports.queue.status;
  }

  /**
   * A purge by tags reaches the network only for tags of answers that all clients share; it has no others. Without a
   * field for tags everything is purged instead.
   */
  purge(scope: PurgeScope, rules: Pick<CacheRules, 'sharesTag'>, isSoft = false): void {
    const purge = this.edgePurgeOf(scope, rules);
    if (purge) this.ports.queue.add(purge, isSoft);
  }

  /** An unsafe request made the answer of a URL stale. The network is to have it only if all clients share it. */
  invalidate(url: string, rules: Pick<CacheRules, 'sharedRule' | 'sharesTag'>): void {
    if (rules.sharedRule(targetOf(url))) this.purge({ type: 'url', url }, rules);
  }

  close(graceMs: number): Promise<void> {
    return this.ports.queue.close(graceMs);
  }

  private edgePurgeOf(scope: PurgeScope, rules: Pick<CacheRules, 'sharesTag'>): EdgePurge | undefined {
    const { cdn } = this.ports;
    switch (scope.type) {
      case 'everything':
        return { type: 'everything' };
      case 'url':
        return itemsOf('urls', cdn, scope.url);
      case 'prefix':
        return itemsOf('prefixes', cdn, scope.prefix);
      case 'tags': {
        const tags = scope.tags.filter((tag) => rules.sharesTag(tag));
        if (tags.length === 0) return undefined;
        return cdn.sendsTags ? { type: 'tags', items: tags.map(edgeTag) } : { type: 'everything' };
      }
    }
  }
}

/**
 * The network has the file below its own host, for every host of the URL. It has no file for a path that leaves its
 * base.
 */
function itemsOf(type: 'urls' | 'prefixes', cdn: Pick<CDNManager, 'getCdnUrl'>, url: string): EdgePurge | undefined {
  try {
    return { type, items: [cdn.getCdnUrl(url.startsWith('/') ? url : targetOf(url))] };
  } catch {
    return undefined;
  }
}
