import { expect, it, vi } from 'vitest';
import type { JobDocument, JobStore } from '@slipstream/chats';
import { FairPlaces } from '@slipstream/rabbitmq';
import { ChatTurns } from './chat-turns.js';

const DEFAULT_MODEL = 'small';

/** A worker with two places for each model. `asked` are the open jobs of each chat, by the names of their models. */
function sut(asked: Record<string, (string | undefined)[]>, places = new FairPlaces({ total: 32, maxPerGroup: 2 })) {
  const running: { chatId: string; end: () => void }[] = [];
  const begun: string[] = [];
  const jobs: Pick<JobStore, 'claim'> = {
    claim: async (chatId, _, admit) => {
      const [model, isOpen] = [asked[chatId]?.[0], (asked[chatId]?.length ?? 0) > 0];
      if (!isOpen) return { outcome: 'idle' };
      const job = { chatId, userId: chatId.split('-')[0], ...(model && { model }) } as JobDocument;
      if (!(await admit?.(job))) return { outcome: 'busy' };
      asked[chatId]?.shift();
      return { outcome: 'claimed', job };
    },
  };
  const run = async ({ chatId }: JobDocument): Promise<void> => {
    begun.push(chatId);
    await new Promise<void>((end) => running.push({ chatId, end }));
  };
  const turns = new ChatTurns(
    jobs,
    { run },
    { models: async () => [{ id: DEFAULT_MODEL, ownedBy: 'x' }] },
    places,
    1_000,
  );
  /** Ends the generation of a chat, once it runs. */
  const end = async (chatId: string): Promise<void> => {
    await vi.waitFor(() => expect(running.map((each) => each.chatId)).toContain(chatId));
    running
      .splice(
        running.findIndex((each) => each.chatId === chatId),
        1,
      )[0]
      ?.end();
  };
  return { turns, begun, end };
}

const begins = (begun: readonly string[], expected: string[]) => vi.waitFor(() => expect(begun).toEqual(expected));

it('answers so many chats with one model at a time, and others meanwhile', async () => {
  const { turns, begun, end } = sut({ a: ['large'], b: ['large'], c: ['large'], d: ['small'] });
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((chat) => turns.work(chat));
  await c; // holds no place of the worker while it waits
  await begins(begun, ['a', 'b', 'd']);
  await end('a');
  await begins(begun, ['a', 'b', 'd', 'c']);
  for (const chat of ['b', 'c', 'd']) await end(chat);
  await Promise.all([a, b, d]);
});

it('counts a job that names no model for the first of the pool', async () => {
  const { turns, begun, end } = sut({ a: [undefined], b: [DEFAULT_MODEL], c: [DEFAULT_MODEL] });
  const first = turns.work('a');
  await begins(begun, ['a']);
  const all = [first, ...['b', 'c'].map((chat) => turns.work(chat))];
  await all[2];
  await begins(begun, ['a', 'b']);
  for (const chat of ['a', 'b', 'c']) await end(chat);
  await Promise.all(all);
});

it('gives a chat its next turn after those that wait', async () => {
  const { turns, begun, end } = sut({ a: ['large', 'large'], b: ['large'], c: ['large'] });
  const all = ['a', 'b', 'c'].map((chat) => turns.work(chat));
  await end('a');
  await begins(begun, ['a', 'b', 'c']);
  await end('b');
  await begins(begun, ['a', 'b', 'c', 'a']);
  for (const chat of ['c', 'a']) await end(chat);
  await Promise.all(all);
});

it('gives the place back when a job could not be done', async () => {
  const claim: JobStore['claim'] = async (_, __, admit) =>
    (await admit?.({ model: 'large' } as JobDocument)) ? Promise.reject(new Error('away')) : { outcome: 'busy' };
  const turns = new ChatTurns(
    { claim },
    { run: vi.fn() },
    { models: async () => [] },
    new FairPlaces({ total: 1 }),
    1_000,
  );
  for (let n = 0; n < 3; n += 1) await expect(turns.work('x')).rejects.toThrow('away');
});

it('80 chats of one user with a slow model leave room to another user and to other models', async () => {
  const asked = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`ada-${n}`, ['slow']]));
  const { turns, begun, end } = sut(
    { ...asked, 'bo-fast': ['fast'], 'bo-slow': ['slow'], 'ada-fast': ['fast'] },
    new FairPlaces({ total: 32 }),
  );
  const all = [...Object.keys(asked), 'bo-fast', 'bo-slow', 'ada-fast'].map((chat) => turns.work(chat));
  await vi.waitFor(() => expect(begun).toEqual(expect.arrayContaining(['bo-fast', 'bo-slow'])));
  expect(begun.filter((chat) => chat.startsWith('ada')).length).toBeLessThanOrEqual(16);
  for (let done = 0; done < 83; done += 1) {
    await vi.waitFor(() => expect(begun.length).toBeGreaterThan(done));
    await end(begun[done]!);
  }
  await Promise.all(all);
});

it('begins nothing more while it drains', async () => {
  const { turns, begun, end } = sut({ a: ['large', 'large'], b: ['large'], c: ['large'] });
  const all = ['a', 'b', 'c'].map((chat) => turns.work(chat));
  await begins(begun, ['a', 'b']);
  turns.drain();
  for (const chat of ['a', 'b']) await end(chat);
  await Promise.all(all);
  expect(begun).toEqual(['a', 'b']);
});
