import type { SearchDocuments, SearchResult } from '@slipstream/contracts';

/** Search in this process, or by the document-worker. */
export abstract class DocumentSearchPort {
  /** @throws DependencyUnavailableError */
  abstract search(userId: string, query: SearchDocuments): Promise<SearchResult>;
}
