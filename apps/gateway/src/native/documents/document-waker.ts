import { messageOf } from '@slipstream/contracts';
import type { DocumentRecord } from '@slipstream/documents';
import type { MessageQueue } from '@slipstream/rabbitmq';
import type { RequestContext } from '@slipstream/http';
import type { NativeLogger } from '../../http/gateway-logger.js';

/** Wakes document-workers. */
export class DocumentWaker {
  constructor(
    private readonly queue: Pick<MessageQueue, 'publish'>,
    private readonly logger: NativeLogger,
  ) {}

  /** The document is stored, so no request waits for its wake-up. If one is lost, the sweeper publishes another. */
  wake(
    { _id: documentId, lane }: Pick<DocumentRecord, '_id' | 'lane'>,
    { requestId, traceparent }: Partial<RequestContext> = {},
  ): void {
    this.queue
      .publish('document_queue', 'document.process', { documentId }, { lane, requestId, traceparent })
      .catch((error: unknown) =>
        this.logger.warn({ documentId, reason: messageOf(error) }, 'wake-up not published; the sweeper will retry'),
      );
  }
}
