import type { Job, Message, Page, PageQuery } from '@slipstream/contracts';
import type { JobDocument } from './jobs/job.schema.js';
import type { JobStore } from './jobs/job.store.js';
import { encodeCursor, invalidCursor, parseCursor } from '@slipstream/mongo';

/**
 * A chat's messages, oldest first. The place of a message is its ordinal, so a page never repeats or hides one.
 * @throws InvalidInputError `invalid_cursor`
 */
export async function historyPage(
  jobs: JobStore,
  chatId: string,
  { limit, cursor }: PageQuery,
): Promise<Page<Message>> {
  const after = cursor === undefined ? 0 : decodePlace(cursor);
  const turns = await jobs.turnsFrom(chatId, after, limit + 1);
  const placed = turns.flatMap(placedMessages).filter(({ place }) => place > after);
  const page = placed.slice(0, limit);
  const items = page.map(({ message }) => message);
  const last = page.at(-1);
  return placed.length > limit && last ? { items, nextCursor: encodeCursor([last.place]) } : { items };
}

/** Question and, when there is one, answer of a turn. */
export const messagesOf = (turn: JobDocument): Message[] => placedMessages(turn).map(({ message }) => message);

/** The answer that a job has written, if it has. */
export function answerOf(job: JobDocument): Message | undefined {
  const { messageId, content, state, model, finishReason, at = job.updatedAt } = job.answer;
  if (content === undefined || state === undefined) return undefined;
  return {
    ...placeOf(job),
    id: messageId,
    role: 'assistant',
    content,
    state,
    ...(model && { model }),
    ...(finishReason && { finishReason }),
    ...times(at),
  };
}

function placedMessages(turn: JobDocument): { place: number; message: Message }[] {
  const { messageId, content } = turn.question;
  const question: Message = {
    ...placeOf(turn),
    id: messageId,
    role: 'user',
    content,
    state: 'complete',
    ...times(turn.createdAt),
  };
  const answer = answerOf(turn);
  return [
    { place: turn.ordinal, message: question },
    ...(answer ? [{ place: turn.ordinal + 1, message: answer }] : []),
  ];
}

const placeOf = ({ _id, chatId }: JobDocument) => ({ chatId, jobId: _id });
const times = (at: Date) => ({ createdAt: at.toISOString(), updatedAt: at.toISOString() });

function decodePlace(cursor: string): number {
  const [place, ...rest] = parseCursor(cursor);
  if (rest.length > 0 || !Number.isSafeInteger(place) || (place as number) < 0) throw invalidCursor();
  return place as number;
}

/** A job as the API shows it. */
export function toJob(document: JobDocument, eventsUrl: string): Job {
  return {
    id: document._id,
    kind: document.kind,
    state: document.state,
    chatId: document.chatId,
    messageId: document.answer.messageId,
    attempts: document.attempts,
    ...(document.error && { error: document.error }),
    eventsUrl,
    createdAt: document.createdAt.toISOString(),
    updatedAt: document.updatedAt.toISOString(),
  };
}
