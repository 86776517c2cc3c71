import { describe, expect, it } from 'vitest';
import { closingEvents, finalEventIdAfter } from './closing-events.js';
import type { JobDocument } from './job.schema.js';

const at = new Date(0);
const job = (change: Partial<JobDocument>): JobDocument => ({
  _id: 'j',
  kind: 'chat',
  chatId: 'c',
  userId: 'u',
  ordinal: 1,
  question: { messageId: 'q', content: 'hi' },
  answer: { messageId: 'a' },
  state: 'running',
  fence: 2,
  attempts: 2,
  claimableAt: at,
  wakeAt: at,
  createdAt: at,
  updatedAt: at,
  ...change,
});

describe('closingEvents', () => {
  it('tells nothing of an open job', () => expect(closingEvents(job({}))).toEqual([]));

  it('tells the whole text again before the end', () => {
    const ended = job({
      state: 'succeeded',
      finalEventId: '2-9',
      answer: { messageId: 'a', content: 'hello', state: 'complete', at },
    });
    expect(closingEvents(ended).map(({ id, event }) => [id.sequence, event.type])).toEqual([
      [7, 'message-reset'],
      [8, 'message-delta'],
      [9, 'message-completed'],
    ]);
  });

  it('has only the end when there is no text', () => {
    expect(closingEvents(job({ state: 'cancelled', finalEventId: '1-1' }))).toEqual([
      { id: { fence: 1, sequence: 1 }, event: { type: 'cancelled' } },
    ]);
    const error = { code: 'model_failed', detail: 'it broke' };
    expect(closingEvents(job({ state: 'failed', finalEventId: '2-3', error })).map(({ event }) => event)).toEqual([
      { type: 'failed', ...error },
    ]);
  });

  it('leaves room for the retelling after the last id that was written', () => {
    expect(finalEventIdAfter({ fence: 3, sequence: 0 })).toBe('3-3');
  });
});
