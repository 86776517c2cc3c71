import type { JobDocument } from '@slipstream/chats';
import type { SearchDocuments, SearchResult } from '@slipstream/contracts';
import { sourcesOf, type Sources } from '@slipstream/documents';

/** Search in the documents of a user. */
export interface PassageSearch {
  /** @throws DependencyUnavailableError */
  search(userId: string, query: SearchDocuments): Promise<SearchResult>;
}

/** More than fit the budget of most settings. */
const MAX_PASSAGES = 50;
/** Longest text that is searched for; the rest of a long question is not. */
const MAX_QUERY_CHARS = 4_000;

/** Finds the passages for questions with documents. */
export class QuestionSources {
  constructor(
    private readonly passages: PassageSearch,
    private readonly maxTokens: number,
  ) {}

  /** @returns undefined for a question without documents @throws DependencyUnavailableError */
  async of({ userId, documentIds, question }: JobDocument): Promise<Sources | undefined> {
    const query = question.content.slice(0, MAX_QUERY_CHARS).trim();
    if (!documentIds || query === '') return undefined;
    const { items } = await this.passages.search(userId, { query, k: MAX_PASSAGES, documentIds });
    return sourcesOf(items, this.maxTokens);
  }
}
