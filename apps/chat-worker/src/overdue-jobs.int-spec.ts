import { randomUUID } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { chatStoresOn } from '@slipstream/chats/testing';
import { SetClock, ownDatabase } from '@slipstream/mongo/testing';
import { wakeOverdueJobs } from './overdue-jobs.js';
import { logger } from './testing/worker-bench.js';

const HOUR_MS = 3_600_000;
const RETRY_MS = 30_000;

const clock = new SetClock();
const { jobs } = chatStoresOn(ownDatabase('overdue_jobs', logger, clock));

afterEach(() => void vi.useRealTimers());

it('wakes a job that waits for its retry within its own delay after the clock went back by an hour', async () => {
  const chatId = randomUUID();
  const woken: unknown[] = [];
  const publish = async (_queue: string, _type: string, payload: unknown) => String(woken.push(payload));
  const sweep = () => wakeOverdueJobs(jobs, { publish }, logger);
  clock.jump(0);
  await jobs.create(
    { id: randomUUID() },
    { chatId, userId: 'u', questionId: randomUUID(), answerId: randomUUID(), content: 'hi' },
  );
  const claim = await jobs.claim(chatId, RETRY_MS);
  const { _id, fence } = claim.outcome === 'claimed' ? claim.job : expect.fail(claim.outcome);
  await jobs.release(_id, fence, RETRY_MS);
  clock.jump(-HOUR_MS);
  await sweep();
  expect(woken).toEqual([]);
  clock.pass(RETRY_MS);
  await sweep();
  expect(woken).toEqual([{ jobId: _id, chatId }]);
  expect(await jobs.claim(chatId, RETRY_MS)).toMatchObject({ outcome: 'claimed', job: { attempts: 2 } });
});

it('wakes the job of a dead worker before jobs that became overdue later, however many these are', async () => {
  const create = (chatId: string) =>
    jobs.create(
      { id: randomUUID() },
      { chatId, userId: 'u', questionId: randomUUID(), answerId: randomUUID(), content: 'hi' },
    );
  clock.jump(0);
  const chatId = randomUUID();
  const { _id } = await create(chatId);
  await jobs.claim(chatId, RETRY_MS);
  clock.pass(RETRY_MS);
  for (let waiting = 0; waiting < 3; waiting += 1) await create(randomUUID());
  clock.pass(RETRY_MS);
  const before: string[] = [];
  for (let job = await jobs.takeOverdue(HOUR_MS); job?.state === 'running'; job = await jobs.takeOverdue(HOUR_MS))
    before.push(job._id);
  expect(before).toContain(_id);
});
