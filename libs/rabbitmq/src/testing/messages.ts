import { randomUUID } from 'node:crypto';
import type { OutgoingMessage } from '../broker.js';

/** A valid message; its payload's jobId contains `n`. */
export const chatMessage = (n: number | string = 1, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  id: randomUUID(),
  type: 'chat.generate',
  payload: { jobId: `job-${n}`, chatId: 'chat-1' },
  ...more,
});

/** Returns the jobId of a message or delivery of {@link chatMessage}. */
export function jobIdOf({ payload }: { payload: unknown }): unknown {
  return typeof payload === 'object' && payload !== null && 'jobId' in payload ? payload.jobId : undefined;
}
