import {
  DependencyUnavailableError,
  type Passage,
  type SearchDocuments,
  type SearchResult,
} from '@slipstream/contracts';
import { hybridRanking, type Chunk, type VectorSpace, type VectorStore } from '@slipstream/vectors';
import type { Embedder } from '../embedding/embedder.port.js';
import type { DocumentRecord } from '../store/document.schema.js';
import type { DocumentStore } from '../store/document.store.js';

/** Length of each list, as a multiple of the answer's: fusion raises passages that both lists have at a lower rank. */
const LIST_FACTOR = 4;
const MIN_LIST = 20;
/** Longest wait for the vector of a query. */
const EMBEDDING_TIMEOUT_MS = 3_000;

/** Finds passages in the documents of one user, by keyword and by vector. */
export class DocumentSearch {
  constructor(
    private readonly documents: Pick<DocumentStore, 'searchable' | 'spacesOf'>,
    private readonly vectors: Pick<VectorStore, 'existing' | 'space'>,
    private readonly embedder: Embedder,
  ) {}

  /**
   * Documents whose vectors are of an earlier embedder are found by keyword only, until they are embedded again. All
   * are found by keyword only while the embedder is unavailable.
   * @throws DependencyUnavailableError
   */
  async search(userId: string, query: SearchDocuments): Promise<SearchResult> {
    // A document may change its space during a search, and the last one leaves a space that is dropped then.
    const first = await this.attempt(userId, query).catch((error: unknown) => void unlessUnavailable(error));
    return first?.isWhole ? first.result : (await this.attempt(userId, query)).result;
  }

  /** @returns `isWhole`: whether all documents that were found are still in a space that was searched */
  private async attempt(
    userId: string,
    { query, k, documentIds }: SearchDocuments,
  ): Promise<{ result: SearchResult; isWhole: boolean }> {
    const spaces = await this.vectors.existing(await this.documents.spacesOf(userId));
    const { vector, space: current, embedder } = (await this.embedded(query).catch(unlessUnusable)) ?? {};
    const limit = Math.max(MIN_LIST, k * LIST_FACTOR);
    const scope = { userId, text: query, limit, ...(documentIds && { documentIds }) };
    const lists = await Promise.all(
      spaces.map((space) => listsIn(space, { ...scope, ...(vector && space.name === current && { vector }) })),
    );
    const shown = await this.shown(
      userId,
      lists.flatMap(({ byText, byVector }) => [...byText, ...byVector]),
    );
    const isShown = (found: Found): boolean => isOf(shown.get(found.chunk.documentId), found);
    const visible = lists.map(({ byText, byVector }) => ({
      byText: byText.filter(isShown),
      byVector: byVector.filter(isShown),
    }));
    const fused = hybridRanking(visible, ({ chunk }) => `${chunk.documentId}:${chunk.ordinal}`);
    const items = fused
      .slice(0, k)
      .map(({ item, score }) => toPassage(item.chunk, shown.get(item.chunk.documentId)!, score));
    return { result: { items, ...(embedder !== undefined && { embedder }) }, isWhole: areAllIn(spaces, shown) };
  }

  /** The query's vector, and the space with the vectors to compare. */
  private async embedded(query: string): Promise<{ vector?: Float32Array; space: string; embedder: string }> {
    const signal = AbortSignal.timeout(EMBEDDING_TIMEOUT_MS);
    const identity = await this.embedder.identity(signal);
    const { name: space } = await this.vectors.space(identity);
    const [vector] = await this.embedder.embed([query], 'query', signal);
    return { vector, space, embedder: identity.name };
  }

  private async shown(userId: string, found: readonly Found[]): Promise<Map<string, DocumentRecord>> {
    const ids = [...new Set(found.map(({ chunk }) => chunk.documentId))];
    const records = ids.length > 0 ? await this.documents.searchable(userId, ids) : [];
    return new Map(records.map((record) => [record._id, record]));
  }
}

interface Lists {
  byText: Found[];
  byVector: Found[];
}

async function listsIn(space: VectorSpace, query: Parameters<VectorSpace['search']>[0]): Promise<Lists> {
  const { byText, byVector } = await space.search(query);
  const found = (chunk: Chunk): Found => ({ chunk, space: space.name });
  return { byText: byText.map(found), byVector: byVector.map(found) };
}

const areAllIn = (spaces: readonly VectorSpace[], shown: ReadonlyMap<string, DocumentRecord>): boolean =>
  [...shown.values()].every(({ index }) => spaces.some(({ name }) => name === index?.space));

function unlessUnavailable(error: unknown): void {
  if (!(error instanceof DependencyUnavailableError)) throw error;
}

/** A search by keyword needs no embedder. @throws DependencyUnavailableError of the vector store */
function unlessUnusable(error: unknown): undefined {
  if (error instanceof DependencyUnavailableError) throw error;
  return undefined;
}

interface Found {
  chunk: Chunk;
  space: string;
}

/** Rows of an ingestion that did not end, or that another has replaced, are not shown. */
const isOf = (record: DocumentRecord | undefined, { chunk, space }: Found): boolean =>
  record?.index?.space === space && record.index.fence === chunk.fence;

const toPassage = (
  { documentId, text, page, heading, start, end }: Chunk,
  { name }: DocumentRecord,
  score: number,
): Passage => ({
  documentId,
  name,
  text,
  score,
  ...(page !== undefined && { page }),
  ...(heading !== undefined && { heading }),
  start,
  end,
});
