import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { restsContract } from '@slipstream/mongo/testing';
import type { JobStore } from './jobs/job.store.js';
import { chatStoresOn } from './testing/index.js';

const HOUR_MS = 3_600_000;
const REST_MS = 60_000;
/** As a chat-worker has it by default. */
const LEASE_MS = 10_000;

const turn = (chatId: string) => ({
  chatId,
  userId: 'u',
  questionId: randomUUID(),
  answerId: randomUUID(),
  content: 'hi',
});

async function claimedJob(jobs: JobStore, { leaseMs = REST_MS, ...over }: { leaseMs?: number; notify?: boolean } = {}) {
  const chatId = randomUUID();
  await jobs.create({ id: randomUUID() }, { ...turn(chatId), ...over });
  const claim = await jobs.claim(chatId, leaseMs);
  return claim.outcome === 'claimed' ? claim.job : expect.fail(claim.outcome);
}

const jobIsTaken =
  (jobs: JobStore, { _id, chatId }: { _id: string; chatId: string }) =>
  async () => {
    const overdue = await jobs.takeOverdue(REST_MS);
    return overdue?._id === _id && (await jobs.claim(chatId, REST_MS)).outcome === 'claimed';
  };

const { clock, jumping } = restsContract('chats', {
  'a job whose first wake-up was lost': async (pool) => {
    const jobs = chatStoresOn(pool).jobs;
    const job = await jobs.create({ id: randomUUID() }, turn(randomUUID()));
    return { restMs: 5_000, take: jobIsTaken(jobs, job) };
  },
  'the lease of a job': async (pool) => {
    const jobs = chatStoresOn(pool).jobs;
    return { restMs: REST_MS, take: jobIsTaken(jobs, await claimedJob(jobs)) };
  },
  'a renewed lease of a job': async (pool) => {
    const jobs = chatStoresOn(pool).jobs;
    const job = await claimedJob(jobs);
    await jobs.renew(job._id, job.fence, REST_MS);
    return { restMs: REST_MS, take: jobIsTaken(jobs, job) };
  },
  'a job that waits for its retry': async (pool) => {
    const jobs = chatStoresOn(pool).jobs;
    const job = await claimedJob(jobs);
    await jobs.release(job._id, job.fence, REST_MS);
    return { restMs: REST_MS, take: jobIsTaken(jobs, job) };
  },
  'the notice of a job': async (pool) => {
    const jobs = chatStoresOn(pool).jobs;
    const { _id, fence } = await claimedJob(jobs, { notify: true });
    await jobs.finish(_id, fence, { state: 'succeeded', finalEventId: '1-1' });
    return { restMs: REST_MS, take: async () => (await jobs.takeUnnotified(REST_MS)) !== null };
  },
  'the last pass of a removal': async (pool) => {
    const removals = chatStoresOn(pool).removals;
    await removals.begin('chat', randomUUID(), 'u');
    return { restMs: 15_000, take: async () => (await removals.takeDue()) !== null };
  },
  'a last pass whose process died': async (pool) => {
    const removals = chatStoresOn(pool).removals;
    await removals.begin('chat', randomUUID(), 'u');
    await pool.connection.collection('removals').updateMany({}, { $set: { dueAt: new Date(0) } });
    expect(await removals.takeDue()).not.toBeNull();
    return { restMs: 30_000, take: async () => (await removals.takeDue()) !== null };
  },
});

it.each([HOUR_MS, -HOUR_MS])(
  'a live worker keeps its lease, and its attempt, when the database clock jumps by %i ms',
  async (jumpMs) => {
    clock.jump(0);
    const jobs = chatStoresOn(jumping).jobs;
    const job = await claimedJob(jobs, { leaseMs: LEASE_MS });
    clock.jump(jumpMs);
    for (let third = 0; third < 9; third++) {
      expect(await jobs.takeOverdue(REST_MS)).toBeNull();
      expect(await jobs.claim(job.chatId, LEASE_MS)).toEqual({ outcome: 'busy' });
      clock.pass(LEASE_MS / 3);
      expect(await jobs.renew(job._id, job.fence, LEASE_MS)).toBe(true);
    }
    expect(await jobs.find(job._id)).toMatchObject({ fence: 1, attempts: 1 });
  },
);
