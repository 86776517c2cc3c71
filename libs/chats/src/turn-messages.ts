import type { Message } from '@slipstream/contracts';
import type { JobDocument } from './jobs/job.schema.js';

/** The answer that a job has written, if it has. */
export function answerOf(job: JobDocument): Message | undefined {
  const { messageId, content, state, model, finishReason, citations, at = job.updatedAt } = job.answer;
  if (content === undefined || state === undefined) return undefined;
  return {
    ...placeOf(job),
    id: messageId,
    role: 'assistant',
    content,
    state,
    ...(model && { model }),
    ...(finishReason && { finishReason }),
    ...(citations && { citations }),
    ...times(at),
  };
}

/** Returns the messages of a turn, each with its ordinal in the chat. */
export function placedMessages(turn: JobDocument): { place: number; message: Message }[] {
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
