import { setImmediate as turn } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import type { JobDocument } from '@slipstream/chats';
import { DependencyUnavailableError } from '@slipstream/contracts';
import type { EventLog } from '@slipstream/events';
import { AnswerWriter } from './answer-writer.js';

it('does not send the whole text with each delta while the log takes none', async () => {
  const append = vi.fn<EventLog['append']>().mockRejectedValue(new DependencyUnavailableError('redis'));
  const job = { _id: 'j', fence: 1, attempts: 1, answer: { messageId: 'm' } } as JobDocument;
  const writer = new AnswerWriter({ append } as Partial<EventLog> as EventLog, job, () => undefined);
  for (let delta = 0; delta < 500; delta += 1) {
    writer.write('word ');
    await turn();
  }
  await writer.flush();
  expect(append.mock.calls.length).toBeLessThan(50);
  expect(writer.content).toHaveLength(2_500);
});
