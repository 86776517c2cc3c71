import { keys, type CacheManager } from '@slipstream/cache';
import {
  ConflictError,
  NotFoundError,
  isOpenDocument,
  mayActFor,
  type DocumentResource,
  type Page,
  type PageQuery,
  type Principal,
} from '@slipstream/contracts';
import { toDocument, type DocumentRecord, type DocumentStore } from '@slipstream/documents';
import { isFirstPage } from '../first-page.js';

/** Access of a caller to documents. Open documents are read from the database, ended ones from the cache. */
export class DocumentAccess {
  constructor(
    private readonly cache: CacheManager,
    private readonly documents: Pick<DocumentStore, 'find' | 'list' | 'searchable'>,
  ) {}

  /** The stored record. @throws NotFoundError `document_not_found`, also for another user's */
  async record(caller: Principal, id: string): Promise<DocumentRecord> {
    const record = await this.documents.find(id);
    if (!record || !mayActFor(caller, record.userId)) throw new NotFoundError('document', id);
    return record;
  }

  /**
   * Checks that the user has all these documents, and that search finds them.
   * @throws NotFoundError `document_not_found`, also for another user's @throws ConflictError `document_not_ready`
   */
  async requireReady(userId: string, ids: readonly string[]): Promise<void> {
    const ready = new Set((await this.documents.searchable(userId, ids)).map(({ _id }) => _id));
    const missing = ids.find((id) => !ready.has(id));
    if (missing === undefined) return;
    const record = await this.documents.find(missing);
    if (record?.userId !== userId) throw new NotFoundError('document', missing);
    throw new ConflictError(
      'document_not_ready',
      `The document ${missing} is ${record.state}; wait for document-ready.`,
    );
  }

  /** The resource of the API. @throws NotFoundError `document_not_found`, also for another user's */
  async document(caller: Principal, id: string): Promise<DocumentResource> {
    let open: DocumentResource | undefined;
    const settled = await this.cache.getOrLoad(keys.document(id), async () => {
      const record = await this.documents.find(id);
      const document = record ? toDocument(record) : undefined;
      if (document && isOpenDocument(document.state)) open = document;
      return open ? undefined : document;
    });
    const document = settled ?? open ?? (await this.uncached(id));
    if (!document || !mayActFor(caller, document.userId)) throw new NotFoundError('document', id);
    return document;
  }

  /** Newest first: of the user that the caller acts for, or of all. */
  async list({ userId }: Principal, query: PageQuery): Promise<Page<DocumentResource>> {
    const load = async (): Promise<Page<DocumentResource>> => {
      const page = await this.documents.list(userId, query);
      return { ...page, items: page.items.map(toDocument) };
    };
    if (!isFirstPage(query)) return load();
    let open: Page<DocumentResource> | undefined;
    const key = userId === undefined ? keys.documentList : keys.documentListOf(userId);
    const settled = await this.cache.getOrLoad(key, async () => {
      const page = await load();
      if (page.items.length === 0 || page.items.some(({ state }) => isOpenDocument(state))) open = page;
      return open ? undefined : page;
    });
    return settled ?? open ?? load();
  }

  /** Callers at the same time share one load, and only the first one of them has its value. */
  private async uncached(id: string): Promise<DocumentResource | undefined> {
    const record = await this.documents.find(id);
    return record ? toDocument(record) : undefined;
  }
}
