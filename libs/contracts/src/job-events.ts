import { z } from 'zod';
import { documentResource } from './api/documents.js';
import { message } from './api/messages.js';
import type { InboxEvent } from './inbox-events.js';

/** A piece of the answer. The answer is the deltas since the last reset, joined. */
const messageDelta = z.object({ type: z.literal('message-delta'), messageId: z.string(), delta: z.string() });
/** Voids the deltas before it: a retry began. `attempt` counts from 1. */
const messageReset = z.object({ type: z.literal('message-reset'), messageId: z.string(), attempt: z.int().positive() });
/** How far a job without text has come. `ratio` is 0 to 1; `pages` counts those of a document. */
const progress = z.object({
  type: z.literal('progress'),
  ratio: z.number().min(0).max(1),
  detail: z.string().optional(),
  pages: z.object({ done: z.int().min(0), total: z.int().min(0).optional() }).optional(),
});
const messageCompleted = z.object({ type: z.literal('message-completed'), messageId: z.string(), message });
/** The document is stored whole, and search finds it. */
const documentReady = z.object({
  type: z.literal('document-ready'),
  documentId: z.string(),
  document: documentResource,
});
const failed = z.object({ type: z.literal('failed'), code: z.string(), detail: z.string() });
const cancelled = z.object({ type: z.literal('cancelled') });

/** What a reader of `GET /jobs/{id}/events` is told, in order. `type` becomes the SSE event name, the rest its data. */
export const jobEvent = z.discriminatedUnion('type', [
  messageDelta,
  messageReset,
  progress,
  messageCompleted,
  documentReady,
  failed,
  cancelled,
]);
export type JobEvent = z.infer<typeof jobEvent>;

const FINAL_TYPES: ReadonlySet<LoggedEvent['type']> = new Set([
  'message-completed',
  'document-ready',
  'failed',
  'cancelled',
]);

/** What event logs hold: the events of jobs, and those of inboxes, which never end. */
export type LoggedEvent = JobEvent | InboxEvent;

/** Whether no event follows this one. Such an event is written after the job and its message are stored. */
export const isFinalEvent = (event: LoggedEvent): boolean => FINAL_TYPES.has(event.type);
