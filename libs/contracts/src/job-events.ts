import { z } from 'zod';
import { message } from './api/messages.js';
import type { InboxEvent } from './inbox-events.js';

/** A piece of the answer. The answer is the deltas since the last reset, joined. */
const messageDelta = z.object({ type: z.literal('message-delta'), messageId: z.string(), delta: z.string() });
/** Voids the deltas before it: a retry began. `attempt` counts from 1. */
const messageReset = z.object({ type: z.literal('message-reset'), messageId: z.string(), attempt: z.int().positive() });
/** How far a job without text has come. `ratio` is 0 to 1. */
const progress = z.object({
  type: z.literal('progress'),
  ratio: z.number().min(0).max(1),
  detail: z.string().optional(),
});
const messageCompleted = z.object({ type: z.literal('message-completed'), messageId: z.string(), message });
const failed = z.object({ type: z.literal('failed'), code: z.string(), detail: z.string() });
const cancelled = z.object({ type: z.literal('cancelled') });

/** What a reader of `GET /jobs/{id}/events` is told, in order. `type` becomes the SSE event name, the rest its data. */
export const jobEvent = z.discriminatedUnion('type', [
  messageDelta,
  messageReset,
  progress,
  messageCompleted,
  failed,
  cancelled,
]);
export type JobEvent = z.infer<typeof jobEvent>;

const FINAL_TYPES: ReadonlySet<LoggedEvent['type']> = new Set(['message-completed', 'failed', 'cancelled']);

/** What event logs hold: the events of jobs, and those of inboxes, which never end. */
export type LoggedEvent = JobEvent | InboxEvent;

/** Whether no event follows this one. Such an event is written after the job and its message are stored. */
export const isFinalEvent = (event: LoggedEvent): boolean => FINAL_TYPES.has(event.type);
