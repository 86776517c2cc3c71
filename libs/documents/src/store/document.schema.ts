import type { ModelDefinition } from '@nestjs/mongoose';
import type { DocumentKind, DocumentState, Lane } from '@slipstream/contracts';
import { Schema, versioned } from '@slipstream/mongo';

/**
 * A document and its work are one record, so each step is one atomic write. `uploading`: the file is on its way into
 * the database. `removing`: the user removed the document, and its data is being deleted. `extracted`: the end of a
 * document of the loader, whose text is stored and not embedded.
 */
export interface DocumentRecord {
  _id: string;
  userId: string;
  name: string;
  kind: DocumentKind;
  bytes: number;
  /** SHA-256 of the content; unique for each user. Absent while uploading, and once removed. */
  contentHash?: string;
  state: DocumentState | 'uploading' | 'extracted' | 'removing';
  /**
   * `loader`: a file that an application wants the text of. Users do not see it; after its end it is kept until
   * `wakeAt`, and then removed.
   */
  purpose?: 'loader';
  lane?: Lane;
  /** Number of the latest claim, 0 before the first. A write that carries an older one has no effect. */
  fence: number;
  /** Number of attempts of the ingestion. */
  attempts: number;
  /** No worker may claim it before this time: the end of a lease, or of a retry's delay. */
  claimableAt: Date;
  /** The sweeper wakes a worker for it at this time, while there is work. */
  wakeAt: Date;
  /** Time at which these two were set, by the database's clock. */
  setAt?: Date;
  pages?: { done: number; total?: number };
  /** Number of stored parts. Set when all text is stored; 0 while an external extractor works. */
  parts?: number;
  /** Set before an external extractor gets the file: the stored parts may be its. */
  extractor?: 'external';
  /** Rows that search uses: the space of the vectors, its embedder, and the claim that wrote the rows. */
  index?: { space: string; embedder: string; fence: number; chunks: number };
  error?: { code: string; detail: string };
  finalEventId?: string;
  /** Passes of the removal that are done. */
  passes?: number;
  requestId?: string;
  traceparent?: string;
  createdAt: Date;
  updatedAt: Date;
}

const documentSchema: Schema<DocumentRecord> = new Schema<DocumentRecord>(
  {
    _id: { type: String, required: true },
    userId: { type: String, required: true },
    name: { type: String, required: true },
    kind: { type: String, required: true },
    bytes: { type: Number, required: true },
    contentHash: String,
    state: { type: String, required: true },
    purpose: String,
    lane: String,
    fence: { type: Number, required: true },
    attempts: { type: Number, required: true },
    claimableAt: { type: Date, required: true },
    wakeAt: { type: Date, required: true },
    setAt: Date,
    pages: { done: Number, total: Number },
    parts: Number,
    extractor: String,
    index: { space: String, embedder: String, fence: Number, chunks: Number },
    error: { code: String, detail: String },
    finalEventId: String,
    passes: Number,
    requestId: String,
    traceparent: String,
  },
  { collection: 'documents', timestamps: true, versionKey: false },
)
  .index({ userId: 1, contentHash: 1 }, { unique: true, partialFilterExpression: { contentHash: { $exists: true } } })
  .index({ userId: 1, createdAt: -1, _id: -1 })
  .index({ createdAt: -1, _id: -1 })
  .index({ state: 1, wakeAt: 1 })
  .index({ purpose: 1, wakeAt: 1 }, { partialFilterExpression: { purpose: { $exists: true } } })
  .index({ 'index.space': 1, state: 1 });

export const documentModel: ModelDefinition = { name: 'Document', schema: versioned(documentSchema) };
