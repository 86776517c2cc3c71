import { isPurgedBy, type PurgeScope } from './purge-scope.js';

/** Tags that one fetch remembers as purged; past them it counts as purged itself. */
const MAX_TAGS = 256;

/** What happened to an answer while it was on its way. */
export interface Watch {
  /**
   * Whether a purge since it began means this answer.
   * @param tags of the answer, which may be known only when it is there
   */
  isPurged(tags: readonly string[]): boolean;
  end(): void;
}

class OpenFetch implements Watch {
  private readonly tags = new Set<string>();
  private purged = false;

  constructor(
    private readonly url: string,
    readonly end: () => void,
  ) {}

  isPurged(tags: readonly string[]): boolean {
    return this.purged || tags.some((tag) => this.tags.has(tag));
  }

  purge(scope: PurgeScope): void {
    if (scope.type === 'tags') for (const tag of scope.tags) this.tags.add(tag);
    this.purged ||=
      this.tags.size > MAX_TAGS || (scope.type !== 'tags' && isPurgedBy({ url: this.url, tags: [] }, scope));
  }
}

/**
 * Watches what is on its way, from the origin or the shared store, so that a purge wins over all that began before it.
 */
export class PurgeWatch {
  private readonly open = new Set<OpenFetch>();

  begin(url: string): Watch {
    const fetch: OpenFetch = new OpenFetch(url, () => this.open.delete(fetch));
    this.open.add(fetch);
    return fetch;
  }

  purge(scope: PurgeScope): void {
    for (const fetch of this.open) fetch.purge(scope);
  }
}
