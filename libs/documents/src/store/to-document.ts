import {
  documentEventsUrl,
  type DocumentResource,
  type DocumentState,
  type Job,
  type JobState,
} from '@slipstream/contracts';
import type { DocumentRecord } from './document.schema.js';

/** A document as the API shows it. A document that the API hides counts as `queued`. */
export function toDocument(record: DocumentRecord): DocumentResource {
  const { _id: id, userId, name, kind, bytes, pages, index, error } = record;
  return {
    id,
    userId,
    name,
    kind,
    bytes,
    state: shownState(record),
    ...(pages && { pages }),
    ...(index && { chunks: index.chunks, embedder: index.embedder }),
    ...(error && record.state === 'failed' && { error }),
    jobId: id,
    eventsUrl: documentEventsUrl(id),
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  };
}

function shownState({ state }: DocumentRecord): DocumentState {
  if (state === 'extracted') return 'ready';
  return state === 'uploading' || state === 'removing' ? 'queued' : state;
}

const JOB_STATES: Readonly<Record<DocumentRecord['state'], JobState>> = {
  uploading: 'queued',
  queued: 'queued',
  extracting: 'running',
  embedding: 'running',
  ready: 'succeeded',
  extracted: 'succeeded',
  failed: 'failed',
  removing: 'cancelled',
};

/** The ingestion of a document as a job, which has the document's id. */
export function toIngestionJob(record: DocumentRecord): Job {
  const { _id: id, state, attempts, error } = record;
  return {
    id,
    kind: 'document',
    state: JOB_STATES[state],
    documentId: id,
    // A document that became ready may be embedded again later: its attempts count from 0 again.
    attempts: state === 'ready' ? Math.max(1, attempts) : attempts,
    ...(error && state === 'failed' && { error }),
    eventsUrl: documentEventsUrl(id),
    createdAt: record.createdAt.toISOString(),
    updatedAt: record.updatedAt.toISOString(),
  };
}
