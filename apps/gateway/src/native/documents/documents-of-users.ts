import type { CacheInvalidator } from '@slipstream/cache';
import type { DocumentStore } from '@slipstream/documents';

/** Cached documents that are invalidated in one call. */
const AT_A_TIME = 500;

/** Removes the documents of removed users, from the cache too. */
export class DocumentsOfUsers {
  constructor(
    private readonly documents: Pick<DocumentStore, 'deleteOf'>,
    private readonly invalidator: Pick<CacheInvalidator, 'documents'>,
  ) {}

  async deleteOf(userId: string): Promise<void> {
    const ids = await this.documents.deleteOf(userId);
    for (let at = 0; at < ids.length; at += AT_A_TIME)
      await this.invalidator.documents(ids.slice(at, at + AT_A_TIME), userId);
  }
}
