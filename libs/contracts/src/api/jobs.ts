import { z } from 'zod';
import { id, resource } from './resource.js';

const jobState = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']);
export type JobState = z.infer<typeof jobState>;

export const isOpen = (state: JobState): boolean => state === 'queued' || state === 'running';

export const job = resource.extend({
  kind: z.enum(['chat', 'document']),
  state: jobState,
  chatId: id.optional(),
  documentId: id.optional(),
  /** Id of the answer. */
  messageId: id.optional(),
  /** Number of attempts that began; 0 before the first. */
  attempts: z.int().min(0),
  error: z.object({ code: z.string(), detail: z.string() }).optional(),
  eventsUrl: z.string(),
});
export type Job = z.infer<typeof job>;
