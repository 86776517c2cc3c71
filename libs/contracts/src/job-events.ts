import type { DocumentResource } from './api/documents.js';
import type { Message } from './api/messages.js';
import type { InboxEvent } from './inbox-events.js';

/**
 * The events of `GET /jobs/{id}/events`, in order. `type` becomes the name of the server-sent event, the rest its data.
 * The answer is the deltas since the last reset, joined.
 */
export type JobEvent =
  | { type: 'message-delta'; messageId: string; delta: string }
  /** Voids the deltas before it: a retry began. `attempt` counts from 1. */
  | { type: 'message-reset'; messageId: string; attempt: number }
  /** Progress of a job that has no text. `ratio` is 0 to 1; `pages` counts those of a document. */
  | { type: 'progress'; ratio: number; detail?: string; pages?: { done: number; total?: number } }
  | { type: 'message-completed'; messageId: string; message: Message }
  /** The document is stored whole, and search finds it. */
  | { type: 'document-ready'; documentId: string; document: DocumentResource }
  | { type: 'failed'; code: string; detail: string }
  | { type: 'cancelled' };

const FINAL_TYPES: ReadonlySet<LoggedEvent['type']> = new Set([
  'message-completed',
  'document-ready',
  'failed',
  'cancelled',
]);

/** Contents of event logs: the events of jobs, and those of inboxes, which never end. */
export type LoggedEvent = JobEvent | InboxEvent;

/** Whether this is the last event. It is written after the job and its message are stored. */
export const isFinalEvent = (event: LoggedEvent): boolean => FINAL_TYPES.has(event.type);
