import { isPurgedBy, type PurgeScope } from './purge-scope.js';

/** Tags that one fetch remembers as purged; past them it counts as purged itself. */
const MAX_TAGS = 256;

/** What happened to one fetch's answer while it was on its way. */
export interface Watch {
  /** Whether a purge since it began means this answer. @param tags of the answer, which are known only when it is there */
  isPurged(tags: readonly string[]): boolean;
  end(): void;
}

interface OpenFetch {
  readonly url: string;
  readonly tags: Set<string>;
  isPurged: boolean;
}

/** Watches the fetches that are under way, so that a purge wins over each that began before it. */
export class PurgeWatch {
  readonly #open = new Set<OpenFetch>();

  begin(url: string): Watch {
    const fetch: OpenFetch = { url, tags: new Set(), isPurged: false };
    this.#open.add(fetch);
    return {
      isPurged: (tags) => fetch.isPurged || tags.some((tag) => fetch.tags.has(tag)),
      end: () => this.#open.delete(fetch),
    };
  }

  purge(scope: PurgeScope): void {
    for (const fetch of this.#open) {
      if (scope.type === 'tags') for (const tag of scope.tags) fetch.tags.add(tag);
      fetch.isPurged ||= fetch.tags.size > MAX_TAGS || (scope.type !== 'tags' && isPurgedBy({ url: fetch.url, tags: [] }, scope));
    }
  }
}
