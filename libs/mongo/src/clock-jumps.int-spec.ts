import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createNotification } from '@slipstream/contracts';
import type { DatabasePool } from './database-pool.js';
import { DeliveryStore, IdempotentAnswerStore, JobStore, NotificationStore, RemovalStore } from './index.js';
import { ownDatabase, SetClock } from './testing/index.js';

const HOUR_MS = 3_600_000;
const REST_MS = 60_000;
/** After a jump forward, instants are judged by the time of before for so long. */
const SETTLE_MS = 15_000;
/** As a chat-worker has it by default. */
const LEASE_MS = 10_000;

/** Something that rests. */
interface Case {
  /** How long it rests. */
  restMs: number;
  /** @returns whether it was handed out */
  take: () => Promise<boolean>;
}

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

/** What a process opens whose wall clock is ahead by an hour. */
function ofProcessWithWrongTime<T>(open: () => T): T {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
  const opened = open();
  vi.useRealTimers();
  return opened;
}

const jobIsTaken =
  (jobs: JobStore, { _id, chatId }: { _id: string; chatId: string }) =>
  async () => {
    const isOverdue = (await jobs.takeOverdue(100, REST_MS)).some((job) => job._id === _id);
    return isOverdue && (await jobs.claim(chatId, REST_MS)).outcome === 'claimed';
  };

async function claimedDelivery(pool: DatabasePool) {
  const notification = await new NotificationStore(pool).create(
    { id: randomUUID() },
    createNotification.parse({ userId: 'u' }),
  );
  const deliveries = new DeliveryStore(pool);
  await deliveries.create(notification, 'webhook');
  const claimed = (await deliveries.claim(notification._id, 'webhook', REST_MS)) ?? expect.fail('not claimed');
  const take = async () => {
    const isOverdue = (await deliveries.takeOverdue(REST_MS))?._id === claimed._id;
    return isOverdue && (await deliveries.claim(notification._id, 'webhook', REST_MS)) !== null;
  };
  return { deliveries, claimed, take };
}

const CASES: Record<string, (pool: DatabasePool) => Promise<Case>> = {
  'a job whose first wake-up was lost': async (pool) => {
    const jobs = new JobStore(pool);
    const job = await jobs.create({ id: randomUUID() }, turn(randomUUID()));
    return { restMs: 5_000, take: jobIsTaken(jobs, job) };
  },
  'the lease of a job': async (pool) => {
    const jobs = new JobStore(pool);
    return { restMs: REST_MS, take: jobIsTaken(jobs, await claimedJob(jobs)) };
  },
  'a renewed lease of a job': async (pool) => {
    const jobs = new JobStore(pool);
    const job = await claimedJob(jobs);
    await jobs.renew(job._id, job.fence, REST_MS);
    return { restMs: REST_MS, take: jobIsTaken(jobs, job) };
  },
  'a job that waits for its retry': async (pool) => {
    const jobs = new JobStore(pool);
    const job = await claimedJob(jobs);
    await jobs.release(job._id, job.fence, REST_MS);
    return { restMs: REST_MS, take: jobIsTaken(jobs, job) };
  },
  'the notice of a job': async (pool) => {
    const jobs = new JobStore(pool);
    const { _id, fence } = await claimedJob(jobs, { notify: true });
    await jobs.finish(_id, fence, { state: 'succeeded', finalEventId: '1-1' });
    return { restMs: REST_MS, take: async () => (await jobs.takeUnnotified(REST_MS)) !== null };
  },
  'a notification that waits for its dispatch': async (pool) => {
    const notifications = new NotificationStore(pool);
    await notifications.create({ id: randomUUID() }, createNotification.parse({ userId: 'u' }));
    return { restMs: 5_000, take: async () => (await notifications.takeOverdue(REST_MS)) !== null };
  },
  'the lease of a delivery': async (pool) => ({ restMs: REST_MS, take: (await claimedDelivery(pool)).take }),
  'a delivery that waits for its retry': async (pool) => {
    const { deliveries, claimed, take } = await claimedDelivery(pool);
    await deliveries.settle(claimed, { attempt: { at: '', outcome: 'retry' }, delayMs: REST_MS });
    return { restMs: REST_MS, take };
  },
  'the last pass of a removal': async (pool) => {
    const removals = new RemovalStore(pool);
    await removals.begin('chat', randomUUID(), 'u');
    return { restMs: 15_000, take: async () => (await removals.takeDue()) !== null };
  },
  'a last pass whose process died': async (pool) => {
    const removals = new RemovalStore(pool);
    await removals.begin('chat', randomUUID(), 'u');
    await pool.connection.collection('removals').updateMany({}, { $set: { dueAt: new Date(0) } });
    expect(await removals.takeDue()).not.toBeNull();
    return { restMs: 30_000, take: async () => (await removals.takeDue()) !== null };
  },
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
};

const clock = new SetClock();
const jumping = ownDatabase('clock_jumps', undefined, clock);
const steady = ownDatabase('clock_steady');
const wrong = ofProcessWithWrongTime(() => ownDatabase('clock_wrong'));

/** A case leaves nothing behind that the next one might take. */
afterEach(async () => {
  vi.useRealTimers();
  for (const { connection } of [jumping, steady])
    await Promise.all(Object.values(connection.models).map((model) => model.deleteMany({})));
});

const cases = Object.entries(CASES).map(([name, arrange]) => ({ name, arrange }));

describe.each(cases)('$name', ({ arrange }) => {
  it.each([-HOUR_MS, -HOUR_MS / 6, 0])(
    'is handed out after its time, not before, when the database clock jumped by %i ms',
    async (jumpMs) => {
      clock.jump(0);
      const { restMs, take } = await arrange(jumping);
      clock.jump(jumpMs);
      expect(await take()).toBe(false);
      clock.pass(restMs - 1);
      expect(await take()).toBe(false);
      clock.pass(1);
      expect(await take()).toBe(true);
    },
  );

  it('is handed out soon, and once, when the database clock jumped forward by an hour', async () => {
    clock.jump(0);
    const { take } = await arrange(jumping);
    clock.jump(HOUR_MS);
    clock.pass(SETTLE_MS);
    expect([await take(), await take()]).toEqual([true, false]);
  });

  it('rests as before when the wall clock of a process jumps forward by an hour', async () => {
    const { take } = await arrange(steady);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
    expect(await take()).toBe(false);
  });

  it('rests no longer when the wall clock of the process that set it was ahead by an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
    const { restMs } = await arrange(steady);
    vi.useRealTimers();
    const latest = Date.now() + restMs + 30_000;
    const rests = await Promise.all(
      Object.values(steady.connection.models).map((model) => model.collection.find().toArray()),
    );
    const until = rests
      .flat()
      .flatMap(({ claimableAt, wakeAt, dueAt }) => [claimableAt, wakeAt, dueAt].filter(Boolean) as Date[]);
    expect(until.length).toBeGreaterThan(0);
    expect(until.filter((each) => each.getTime() > latest)).toEqual([]);
  });
});

it('a process whose wall clock is wrong has the time of the database, and follows it', async () => {
  const differsMs = () => Math.abs(wrong.clock.now() - Date.now());
  expect(differsMs()).toBeLessThan(HOUR_MS / 2);
  wrong.clock.report(new Date(Date.now() - HOUR_MS));
  await vi.waitFor(() => expect(differsMs()).toBeLessThan(HOUR_MS / 2), { timeout: 20_000 });
});

it.each([HOUR_MS, -HOUR_MS])(
  'a live worker keeps its lease, and its attempt, when the database clock jumps by %i ms',
  async (jumpMs) => {
    clock.jump(0);
    const jobs = new JobStore(jumping);
    const job = await claimedJob(jobs, { leaseMs: LEASE_MS });
    clock.jump(jumpMs);
    for (let third = 0; third < 9; third++) {
      expect(await jobs.takeOverdue(10, REST_MS)).toEqual([]);
      expect(await jobs.claim(job.chatId, LEASE_MS)).toEqual({ outcome: 'busy' });
      clock.pass(LEASE_MS / 3);
      expect(await jobs.renew(job._id, job.fence, LEASE_MS)).toBe(true);
    }
    expect(await jobs.find(job._id)).toMatchObject({ fence: 1, attempts: 1 });
  },
);
