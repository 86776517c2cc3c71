import type { CacheInvalidator } from '@slipstream/cache';
import { NotFoundError, messageOf } from '@slipstream/contracts';
import { documentClosingEvents, type DocumentRecord, type DocumentStore } from '@slipstream/documents';
import type { EventLog } from '@slipstream/events';
import type { NativeLogger } from '../../http/gateway-logger.js';
import type { DocumentWaker } from './document-waker.js';

/** Removes documents for their users. The document-worker deletes their file, text and vectors later. */
export class DocumentEnd {
  constructor(
    private readonly documents: Pick<DocumentStore, 'remove'>,
    private readonly invalidator: Pick<CacheInvalidator, 'document'>,
    private readonly log: Pick<EventLog, 'remove' | 'append'>,
    private readonly waker: Pick<DocumentWaker, 'wake'>,
    private readonly logger: NativeLogger,
  ) {}

  /** @throws NotFoundError `document_not_found` */
  async remove({ _id: id, userId }: Pick<DocumentRecord, '_id' | 'userId'>): Promise<void> {
    const removed = await this.documents.remove(id);
    await this.invalidator.document(id, userId);
    if (!removed) throw new NotFoundError('document', id);
    this.waker.wake(removed);
    await this.announce(removed);
  }

  /** Publishes the end to subscribers. If that fails, they get it from the database a little later. */
  private async announce(removed: DocumentRecord): Promise<void> {
    try {
      await this.log.remove(removed._id);
      await this.log.append(removed._id, documentClosingEvents(removed));
    } catch (error) {
      const fields = { documentId: removed._id, reason: messageOf(error) };
      this.logger.warn(fields, 'the removal was not published; subscribers get it from the database');
    }
  }
}
