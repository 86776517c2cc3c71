import type { DocumentRecord } from '../store/document.schema.js';
import type { IngestionStore } from '../store/ingestion.store.js';

/** Another worker claimed the document, or it was removed. */
export class LeaseLostError extends Error {}

/** @throws LeaseLostError */
export async function reportProgress(
  ingestions: Pick<IngestionStore, 'progress'>,
  { _id, fence }: DocumentRecord,
  change: Parameters<IngestionStore['progress']>[2],
): Promise<void> {
  if (!(await ingestions.progress(_id, fence, change))) throw new LeaseLostError('The lease was lost.');
}
