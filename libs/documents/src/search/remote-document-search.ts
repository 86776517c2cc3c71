import {
  DependencyUnavailableError,
  searchResult,
  type SearchDocuments,
  type SearchResult,
} from '@slipstream/contracts';
import type { SearchSecretStore } from '../store/search-secret.store.js';

const TIMEOUT_MS = 10_000;

/** Searches by the document-worker, over its management listener. */
export class RemoteDocumentSearch {
  /** @param url of that listener */
  constructor(
    private readonly url: string,
    private readonly secrets: Pick<SearchSecretStore, 'get'>,
  ) {}

  /** @throws DependencyUnavailableError */
  async search(userId: string, query: SearchDocuments): Promise<SearchResult> {
    const authorization = `Bearer ${await this.secrets.get()}`;
    try {
      const response = await fetch(new URL('/internal/documents/search', this.url), {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ userId, ...query }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'error',
      });
      if (!response.ok) throw new Error(`The document-worker answered ${response.status}.`);
      return searchResult.parse(await response.json());
    } catch (cause) {
      throw new DependencyUnavailableError('document_search', { cause });
    }
  }
}
