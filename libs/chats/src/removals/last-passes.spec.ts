import { expect, it, vi } from 'vitest';
import { makeLastPasses } from './last-passes.js';
import type { RemovalDocument, RemovalStore } from './removal.store.js';

function sut(due: Partial<RemovalDocument>[], existing: readonly string[] = []) {
  const done: unknown[] = [];
  const removals = {
    takeDue: async () => (due.shift() as RemovalDocument | undefined) ?? null,
    done: async ({ _id }: Pick<RemovalDocument, '_id'>) => void done.push(_id),
  } satisfies Pick<RemovalStore, 'takeDue' | 'done'>;
  const removable = () => ({ exists: async (id: string) => existing.includes(id), finish: vi.fn(async () => {}) });
  const kinds = { chat: removable(), user: removable() };
  const ending = new AbortController();
  return { done, kinds, ending, run: () => makeLastPasses(removals, kinds, ending.signal) };
}

const chat = { _id: 'c', kind: 'chat', id: 'c', userId: 'ada' } as const;
const user = { _id: 'u', kind: 'user', id: 'u', userId: 'u' } as const;

it('finishes each due removal by its kind', async () => {
  const { done, kinds, run } = sut([chat, user]);
  await run();
  expect([kinds.chat.finish.mock.calls, kinds.user.finish.mock.calls]).toEqual([[['c', 'ada']], [['u', 'u']]]);
  expect(done).toEqual(['c', 'u']);
});

it('leaves an object that exists again', async () => {
  const { done, kinds, run } = sut([chat], ['c']);
  await run();
  expect([kinds.chat.finish.mock.calls, done]).toEqual([[], ['c']]);
});

it('begins no pass once the service ends', async () => {
  const { done, ending, run } = sut([chat]);
  ending.abort();
  await run();
  expect(done).toEqual([]);
});
