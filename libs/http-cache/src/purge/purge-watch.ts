import { ShortLivedSet } from '@slipstream/contracts';
import { isPurgedBy, type PurgeScope } from './purge-scope.js';

/** Purged tags that one fetch remembers. Above this number it counts as purged itself. */
const MAX_TAGS = 256;

/** Purges since the start of a fetch. */
export interface Watch {
  /**
   * Whether a purge since its start concerns this answer.
   * @param tags of the answer, which may be known only at its arrival
   */
  isPurged(tags: readonly string[]): boolean;
  end(): void;
}

class OpenFetch implements Watch {
  private tags?: Set<string>;
  private purged = false;

  constructor(
    private readonly url: string,
    readonly end: () => void,
  ) {}

  isPurged(tags: readonly string[]): boolean {
    return this.purged || tags.some((tag) => this.tags?.has(tag));
  }

  purge(scope: PurgeScope): void {
    if (this.purged) return;
    if (scope.type === 'tags') this.purged = this.remember(scope.tags) > MAX_TAGS;
    else this.purged = isPurgedBy({ url: this.url, tags: [] }, scope);
  }

  /** @returns the number of remembered tags */
  private remember(tags: readonly string[]): number {
    this.tags ??= new Set();
    for (const tag of tags) this.tags.add(tag);
    return this.tags.size;
  }
}

/**
 * Watches answers on their way from the origin or the shared store, so that a purge has priority over every earlier
 * fetch.
 */
export class PurgeWatch {
  private readonly open = new ShortLivedSet<OpenFetch>();

  begin(url: string): Watch {
    const fetch = new OpenFetch(url, () => this.open.delete(place));
    const place = this.open.add(fetch);
    return fetch;
  }

  purge(scope: PurgeScope): void {
    for (const fetch of this.open) fetch.purge(scope);
  }
}
