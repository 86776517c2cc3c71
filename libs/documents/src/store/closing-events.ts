import { formatEventId, parseEventId, type EventId, type JobEvent } from '@slipstream/contracts';
import { toDocument } from './to-document.js';
import type { DocumentRecord } from './document.schema.js';

/** Id of the final event that follows `sequence` under `fence`. */
export const finalEventIdAfter = ({ fence, sequence }: EventId): string =>
  formatEventId({ fence, sequence: sequence + 1 });

/** The end of a document's event stream, as the stored record has it. Empty while the document is open. */
export function documentClosingEvents(record: DocumentRecord): { id: EventId; event: JobEvent }[] {
  const id = record.finalEventId === undefined ? undefined : parseEventId(record.finalEventId);
  const { state, error } = record;
  if (state === 'removing') return [{ id: { fence: record.fence, sequence: 1 }, event: { type: 'cancelled' } }];
  if (!id) return [];
  if (state === 'failed')
    return [{ id, event: { type: 'failed', code: error?.code ?? 'ingestion_failed', detail: error?.detail ?? '' } }];
  if (state !== 'ready' && state !== 'extracted') return [];
  const document = toDocument(record);
  return [{ id, event: { type: 'document-ready', documentId: record._id, document } }];
}
