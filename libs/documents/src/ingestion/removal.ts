import type { FileBucket } from '@slipstream/mongo';
import type { VectorStore } from '@slipstream/vectors';
import type { DocumentRecord } from '../store/document.schema.js';
import type { IngestionStore } from '../store/ingestion.store.js';
import type { PartStore } from '../store/part.store.js';

/** Longer than a worker that lost its lease takes to notice. */
const LAST_PASS_AFTER_MS = 15_000;

/** Deletes what a removed document has left. */
export class DocumentRemoval {
  constructor(
    private readonly ingestions: Pick<IngestionStore, 'release' | 'forget'>,
    private readonly parts: Pick<PartStore, 'deleteOf'>,
    private readonly files: Pick<FileBucket, 'delete'>,
    private readonly vectors: Pick<VectorStore, 'existing' | 'names'>,
  ) {}

  /**
   * One pass over a claimed document. After the first, a worker that held the document before may still write a little;
   * the second finds that, and ends the removal.
   */
  async run({ _id: id, fence, passes = 0 }: DocumentRecord): Promise<void> {
    for (const space of await this.vectors.existing(await this.vectors.names())) await space.deleteDocument(id);
    await this.parts.deleteOf(id);
    await this.files.delete(id);
    if (passes > 0) await this.ingestions.forget(id, fence);
    else await this.ingestions.release(id, fence, LAST_PASS_AFTER_MS, { passes: passes + 1 });
  }
}
