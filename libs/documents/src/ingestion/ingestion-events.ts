import type { JobEvent } from '@slipstream/contracts';
import type { EventLog, StoredEvent } from '@slipstream/events';
import { finalEventIdAfter } from '../store/closing-events.js';
import type { DocumentRecord } from '../store/document.schema.js';

/** Extraction is this part of the work, embedding the rest. */
const EXTRACTION_SHARE = 0.5;

/**
 * Writes the events of one claim. The record in the database is the truth: an event that the log does not take is
 * dropped.
 */
export class IngestionEvents {
  private sequence = 0;

  constructor(
    private readonly log: Pick<EventLog, 'append'>,
    private readonly document: Pick<DocumentRecord, '_id' | 'fence'>,
  ) {}

  /** Id that the final event will have when no other is written before. */
  get finalEventId(): string {
    return finalEventIdAfter({ fence: this.document.fence, sequence: this.sequence });
  }

  extracted(pages: { done: number; total?: number }): Promise<void> {
    const ratio = pages.total ? (EXTRACTION_SHARE * pages.done) / pages.total : 0;
    return this.write({ type: 'progress', ratio, detail: 'extracting', pages });
  }

  /** @param done parts of `total` whose chunks are stored with their vectors */
  embedded(done: number, total: number): Promise<void> {
    const ratio = EXTRACTION_SHARE + (1 - EXTRACTION_SHARE) * (done / Math.max(1, total));
    return this.write({ type: 'progress', ratio, detail: 'embedding' });
  }

  async end(closing: StoredEvent[]): Promise<void> {
    await this.append(closing);
  }

  private async write(event: JobEvent): Promise<void> {
    await this.append([{ id: { fence: this.document.fence, sequence: ++this.sequence }, event }]);
  }

  private async append(entries: StoredEvent[]): Promise<void> {
    await this.log.append(this.document._id, entries).catch(() => undefined);
  }
}
