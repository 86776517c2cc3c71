import type { Lane } from '@slipstream/contracts';
import { unclaimedFor, type CreateIdentity, type DatabaseClock } from '@slipstream/mongo';
import type { JobDocument } from './job.schema.js';

/** A question, and how it is to be answered. */
export interface NewTurn {
  chatId: string;
  userId: string;
  questionId: string;
  answerId: string;
  content: string;
  model?: string;
  /** Lane of its wake-ups. Default interactive. */
  lane?: Lane;
  /** Documents whose passages the model gets. */
  documentIds?: string[];
  /** After this time no client waits for the answer. */
  deadline?: Date;
  /** Whether the user is notified of the job's end. */
  notify?: boolean;
  /** The request's id and W3C trace context, which its work carries on. */
  requestId?: string;
  traceparent?: string;
}

/** How long a stored job may stay unclaimed before the sweeper wakes a worker for it again. */
const FIRST_WAKE_MS = 5000;

/** The document of a turn before its first claim. @param ordinal its place in the chat */
export function newJob(identity: CreateIdentity, turn: NewTurn, ordinal: number, clock: DatabaseClock): JobDocument {
  const now = new Date();
  return {
    _id: identity.id,
    kind: 'chat',
    chatId: turn.chatId,
    userId: turn.userId,
    ordinal,
    question: { messageId: turn.questionId, content: turn.content },
    answer: { messageId: turn.answerId },
    state: 'queued',
    fence: 0,
    attempts: 0,
    ...unclaimedFor(FIRST_WAKE_MS, clock),
    createdAt: now,
    updatedAt: now,
    ...(turn.model && { model: turn.model }),
    ...(turn.documentIds && { documentIds: turn.documentIds }),
    ...(turn.lane && { lane: turn.lane }),
    ...(turn.deadline && { deadline: turn.deadline }),
    ...(turn.notify && { notify: true }),
    ...(turn.requestId && { requestId: turn.requestId }),
    ...(turn.traceparent && { traceparent: turn.traceparent }),
    ...(identity.requestHash && { requestHash: identity.requestHash }),
  };
}
