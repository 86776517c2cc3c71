import { randomUUID } from 'node:crypto';
import type { OutgoingMessage } from '../broker.js';

/** A valid message; `n` is found again in its payload's jobId. */
export const chatMessage = (n: number | string = 1, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  id: randomUUID(),
  type: 'chat.generate',
  payload: { jobId: `job-${n}`, chatId: 'chat-1' },
  ...more,
});

/** The jobId of a message or delivery made by {@link chatMessage}. */
export function jobIdOf({ payload }: { payload: unknown }): unknown {
  return typeof payload === 'object' && payload !== null && 'jobId' in payload ? payload.jobId : undefined;
}
