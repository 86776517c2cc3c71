import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { IdempotentAnswerStore } from './index.js';
import { ownDatabase, restsContract } from './testing/index.js';

const HOUR_MS = 3_600_000;
const REST_MS = 60_000;

/** What a process opens whose wall clock is ahead by an hour. */
function ofProcessWithWrongTime<T>(open: () => T): T {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
  const opened = open();
  vi.useRealTimers();
  return opened;
}

const wrong = ofProcessWithWrongTime(() => ownDatabase('clock_wrong'));

restsContract('answers', {
  'a call under an Idempotency-Key': async (pool) => {
    const answers = new IdempotentAnswerStore(pool);
    const identity = { id: randomUUID(), requestHash: 'h' };
    await answers.begin(identity);
    return {
      restMs: REST_MS,
      take: () =>
        answers.begin(identity).then(
          () => true,
          () => false,
        ),
    };
  },
});

it('a process whose wall clock is wrong has the time of the database, and follows it', async () => {
  const differsMs = () => Math.abs(wrong.clock.now() - Date.now());
  expect(differsMs()).toBeLessThan(HOUR_MS / 2);
  wrong.clock.report(new Date(Date.now() - HOUR_MS));
  await vi.waitFor(() => expect(differsMs()).toBeLessThan(HOUR_MS / 2), { timeout: 20_000 });
});
