import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { InvalidInputError, type Chat } from '@slipstream/contracts';
import { ownDatabase } from '@slipstream/mongo/testing';
import { historyPage } from './history.js';
import { chatStoresOn } from './testing/index.js';

const LEASE_MS = 60_000;

const pool = ownDatabase('chats');
const { chats, jobs } = chatStoresOn(pool);

const fresh = () => ({ id: randomUUID() });
const turn = (chatId: string, content = 'hi') => ({
  chatId,
  userId: 'u',
  questionId: randomUUID(),
  answerId: randomUUID(),
  content,
});

const newerFirst = (a: Chat, b: Chat) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);

async function claimed(chatId: string) {
  const claim = await jobs.claim(chatId, LEASE_MS);
  if (claim.outcome !== 'claimed') throw new Error(`expected a claim, got ${claim.outcome}`);
  return claim.job;
}

describe('chats', () => {
  it('pages newest first without loss or repetition while others insert and delete', async () => {
    const userId = randomUUID();
    // at once, so that some are of the same millisecond: among these the ids decide
    const made = await Promise.all(
      Array.from({ length: 9 }, (_, i) => chats.create(fresh(), { userId, title: `t${i}` })),
    );
    const first = await chats.list({ userId, limit: 3 });
    const between = await chats.create(fresh(), { userId, title: 'between' });
    await chats.delete(first.items[0]!.id);
    const seen = first.items;
    for (let cursor = first.nextCursor; cursor;) {
      const page = await chats.list({ userId, limit: 3, cursor });
      seen.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(seen.filter(({ id }) => id !== between.id)).toEqual(made.sort(newerFirst));
  });

  it.each([
    'nonsense',
    '%00',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('["x","y"]').toString('base64url'),
  ])('refuses the cursor %s', async (cursor) => {
    await expect(chats.list({ userId: 'u', limit: 3, cursor })).rejects.toThrow(InvalidInputError);
  });
});

describe('jobs', () => {
  it('gives concurrent messages of one chat different places, and answers them in that order', async () => {
    const chatId = randomUUID();
    await Promise.all(Array.from({ length: 8 }, () => jobs.create(fresh(), turn(chatId))));
    const { turns } = await jobs.turnsFrom(chatId, 0, { maxTurns: 9, maxBytes: 1_000 });
    expect(turns.map(({ ordinal }) => ordinal)).toEqual([1, 3, 5, 7, 9, 11, 13, 15]);
    const first = await claimed(chatId);
    expect(first.ordinal).toBe(1);
    expect(await jobs.claim(chatId, LEASE_MS)).toEqual({ outcome: 'busy' });
    await jobs.finish(first._id, first.fence, { state: 'succeeded', content: 'one', finalEventId: '1-2' });
    expect((await claimed(chatId)).ordinal).toBe(3);
  });

  it('lets only one of many workers claim a job', async () => {
    const chatId = randomUUID();
    await jobs.create(fresh(), turn(chatId));
    const claims = await Promise.all(Array.from({ length: 10 }, () => jobs.claim(chatId, LEASE_MS)));
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
  });

  it('fences out a worker whose lease ran out', async () => {
    const chatId = randomUUID();
    await jobs.create(fresh(), turn(chatId));
    const claim = await jobs.claim(chatId, -1);
    const slow = claim.outcome === 'claimed' ? claim.job : expect.fail('not claimed');
    const quick = await claimed(chatId);
    expect(quick.fence).toBe(slow.fence + 1);
    expect(await jobs.renew(slow._id, slow.fence, LEASE_MS)).toBe(false);
    expect(await jobs.renew(quick._id, quick.fence, LEASE_MS)).toBe(true);
    const end = { state: 'succeeded', content: 'x', finalEventId: '2-1' } as const;
    expect(await jobs.finish(slow._id, slow.fence, end)).toBeNull();
    expect(await jobs.finish(quick._id, quick.fence, end)).toMatchObject({
      state: 'succeeded',
      answer: { content: 'x' },
    });
    expect(await jobs.finish(quick._id, quick.fence, end)).toBeNull();
  });

  it('holds the chat back while its oldest job waits for a retry', async () => {
    const chatId = randomUUID();
    await jobs.create(fresh(), turn(chatId));
    await jobs.create(fresh(), turn(chatId));
    const job = await claimed(chatId);
    expect(await jobs.release(job._id, job.fence, 60_000)).toBe(true);
    expect(await jobs.claim(chatId, LEASE_MS)).toEqual({ outcome: 'busy' });
  });

  it('cancels a waiting job at once, and tells the worker of a running one', async () => {
    const chatId = randomUUID();
    const waiting = await jobs.create(fresh(), turn(chatId));
    expect(await jobs.requestCancel(waiting._id)).toMatchObject({ state: 'cancelled', finalEventId: '1-3' });
    await jobs.create(fresh(), turn(chatId));
    const running = await claimed(chatId);
    const other = await jobs.create(fresh(), turn(randomUUID()));
    const ids = [running._id, other._id];
    expect(await jobs.unwanted(ids)).toEqual([]);
    expect(await jobs.requestCancel(running._id)).toMatchObject({ state: 'running' });
    expect(await jobs.unwanted(ids)).toEqual([running._id]);
    await jobs.deleteOf(chatId);
    expect(await jobs.unwanted(ids)).toEqual([running._id]);
    expect(await jobs.requestCancel(randomUUID())).toBeNull();
  });

  it('hands an overdue job to one sweeper only', async () => {
    const chatId = randomUUID();
    await jobs.create(fresh(), turn(chatId));
    await jobs.claim(chatId, -1);
    const swept: (string | undefined)[] = [];
    const sweep = async () => {
      for (let job = await jobs.takeOverdue(60_000); job; job = await jobs.takeOverdue(60_000)) swept.push(job.chatId);
    };
    await Promise.all([sweep(), sweep()]);
    expect(swept.filter((each) => each === chatId)).toHaveLength(1);
  });

  it('reads as much of a chat as memory is meant for, and the rest with the next page', async () => {
    const chatId = randomUUID();
    const large = '世'.repeat(200_000);
    const contents = Array.from({ length: 7 }, (_, place) => `${place}${large}`);
    for (const content of contents) await jobs.create(fresh(), turn(chatId, content));
    const pages: number[] = [];
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await historyPage(jobs, chatId, { limit: 100, cursor });
      seen.push(...page.items.map(({ content }) => content));
      pages.push(page.items.length);
      cursor = page.nextCursor;
    } while (cursor);
    expect(pages).toEqual([3, 2, 2]);
    expect(seen).toEqual(contents);
  });

  it('gives the model the newest turns that fit', async () => {
    const chatId = randomUUID();
    for (const content of ['first', 'second', 'third']) {
      await jobs.create(fresh(), turn(chatId, content));
      const { _id, fence } = await claimed(chatId);
      await jobs.finish(_id, fence, { state: 'succeeded', content: '12345', finalEventId: '1-1' });
    }
    const questions = async (maxBytes: number) =>
      (await jobs.turnsBefore(chatId, 7, { maxTurns: 9, maxBytes })).map(({ question }) => question.content);
    expect(await questions(21)).toEqual(['second', 'third']);
    expect(await questions(31)).toEqual(['first', 'second', 'third']);
    expect(await questions(1)).toEqual(['third']);
  });

  it('pages the history by place, question before answer', async () => {
    const chatId = randomUUID();
    for (const content of ['a', 'b']) {
      await jobs.create(fresh(), turn(chatId, content));
      const job = await claimed(chatId);
      await jobs.finish(job._id, job.fence, {
        state: 'succeeded',
        content: content.toUpperCase(),
        finalEventId: '1-1',
      });
    }
    await jobs.create(fresh(), turn(chatId, 'c'));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await historyPage(jobs, chatId, { limit: 2, cursor });
      seen.push(...page.items.map(({ content }) => content));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(['a', 'A', 'b', 'B', 'c']);
  });
});

it('an ended job whose person was not told is handed out until they are', async () => {
  const chatId = randomUUID();
  await jobs.create(fresh(), { ...turn(chatId), notify: true });
  const claim = await jobs.claim(chatId, 1);
  if (claim.outcome !== 'claimed') throw new Error('expected a claim');
  await jobs.finish(claim.job._id, claim.job.fence, { state: 'succeeded', content: 'x', finalEventId: '1-4' });
  const taken = await vi.waitFor(async () => {
    const job = await jobs.takeUnnotified(1);
    expect(job).not.toBeNull();
    return job!;
  });
  expect(taken._id).toBe(claim.job._id);
  await jobs.notified(taken._id);
  await pool.connection
    .collection<{ _id: string }>('jobs')
    .updateOne({ _id: taken._id }, { $set: { wakeAt: new Date(0) } });
  expect(await jobs.takeUnnotified(1)).toBeNull();
});
