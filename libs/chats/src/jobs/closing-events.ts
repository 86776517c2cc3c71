import { formatEventId, parseEventId, type EventId, type JobEvent } from '@slipstream/contracts';
import { answerOf } from '../turn-messages.js';
import type { JobDocument } from './job.schema.js';

/** Event ids that a writer reserves before the final event, so that {@link closingEvents} can repeat the text. */
export const RESERVED_EVENT_IDS = 2;

/**
 * Returns the end of a job's event stream, built from the stored job: the whole text again (`message-reset`, one
 * `message-delta`), then the final event. It is for subscribers whose log lost events; a subscriber that lacks only the
 * final event needs only that one. Empty while the job is open.
 */
export function closingEvents(job: JobDocument): { id: EventId; event: JobEvent }[] {
  const final = finalEvent(job);
  const finalId = job.finalEventId === undefined ? undefined : parseEventId(job.finalEventId);
  if (!final || !finalId) return [];
  const at = (back: number): EventId => ({ fence: finalId.fence, sequence: finalId.sequence - back });
  const { messageId, content } = job.answer;
  const retold: { id: EventId; event: JobEvent }[] = content
    ? [
        { id: at(2), event: { type: 'message-reset', messageId, attempt: Math.max(job.attempts, 1) } },
        { id: at(1), event: { type: 'message-delta', messageId, delta: content } },
      ]
    : [];
  return [...retold, { id: at(0), event: final }];
}

/** Returns the id of a final event that follows `sequence` under `fence`. */
export const finalEventIdAfter = ({ fence, sequence }: EventId): string =>
  formatEventId({ fence, sequence: sequence + RESERVED_EVENT_IDS + 1 });

function finalEvent(job: JobDocument): JobEvent | undefined {
  const message = answerOf(job);
  if (job.state === 'succeeded' && message) return { type: 'message-completed', messageId: message.id, message };
  if (job.state === 'failed')
    return { type: 'failed', code: job.error?.code ?? 'failed', detail: job.error?.detail ?? '' };
  if (job.state === 'cancelled') return { type: 'cancelled' };
  return undefined;
}
