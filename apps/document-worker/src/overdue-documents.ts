import type { DocumentRecord, IngestionStore } from '@slipstream/documents';
import type { MessageQueue } from '@slipstream/rabbitmq';
import type { VectorStore } from '@slipstream/vectors';

/** Largest number of documents in one round. */
const BATCH = 100;
/** Pause before the next wake-up of a document that still has work. */
const AGAIN_AFTER_MS = 15_000;

/**
 * Publishes wake-ups for documents that no worker claimed in time: their message was lost, their worker died, or their
 * retry is due. Broken uploads are removed the same way.
 */
export async function wakeOverdueDocuments(
  ingestions: IngestionStore,
  queue: Pick<MessageQueue, 'publish'>,
  ending: AbortSignal,
): Promise<void> {
  const sources = [
    () => ingestions.takeBrokenUpload(AGAIN_AFTER_MS),
    () => ingestions.takeExpired(AGAIN_AFTER_MS),
    () => ingestions.takeOverdue(AGAIN_AFTER_MS),
  ];
  for (const take of sources) {
    for (let taken = 0; taken < BATCH && !ending.aborted; taken += 1) {
      const document = await take();
      if (!document) break;
      await wake(document, queue);
    }
  }
}

/** Wakes documents whose vectors are lost or of another embedder, and drops spaces that no document uses. */
export async function wakeOutdatedDocuments(
  {
    ingestions,
    queue,
    vectors,
  }: { ingestions: IngestionStore; queue: Pick<MessageQueue, 'publish'>; vectors: VectorStore },
  space: string,
  ending: AbortSignal,
): Promise<void> {
  for (let taken = 0; taken < BATCH && !ending.aborted; taken += 1) {
    const document = await ingestions.takeOutdated(space, AGAIN_AFTER_MS);
    if (!document) break;
    await wake({ ...document, lane: 'background' }, queue);
  }
  const used = new Set([space, ...(await ingestions.usedSpaces())]);
  for (const name of await vectors.names()) if (!used.has(name)) await vectors.drop(name);
}

async function wake({ _id: documentId, lane }: DocumentRecord, queue: Pick<MessageQueue, 'publish'>): Promise<void> {
  await queue.publish('document_queue', 'document.process', { documentId }, { lane });
}
