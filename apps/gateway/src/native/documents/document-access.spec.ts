import { expect, it, vi } from 'vitest';
import { createCache, keys } from '@slipstream/cache';
import type { Principal } from '@slipstream/contracts';
import type { DocumentRecord } from '@slipstream/documents';
import { DocumentAccess } from './document-access.js';
import { DocumentsOfUsers } from './documents-of-users.js';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const ada: Principal = { role: 'user', keyId: 'k', userId: 'ada' };
const eve: Principal = { role: 'user', keyId: 'k', userId: 'eve' };
const admin: Principal = { role: 'admin', keyId: 'k' };
const FIRST_PAGE = { limit: 20 };

const recordOf = (change: Partial<DocumentRecord> = {}): DocumentRecord =>
  ({
    _id: 'd1',
    userId: 'ada',
    name: 'a.txt',
    kind: 'text',
    bytes: 1,
    state: 'ready',
    fence: 1,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    ...change,
  }) as DocumentRecord;

/** Reads of the database, over a real cache. */
function newSut(record: DocumentRecord) {
  const { manager, invalidator } = createCache({ logger });
  const stored = { records: [record] };
  const documents = {
    find: vi.fn(async (id: string) => stored.records.find(({ _id }) => _id === id) ?? null),
    list: vi.fn(async () => ({ items: stored.records })),
    searchable: vi.fn(async () => []),
  };
  return { sut: new DocumentAccess(manager, documents), manager, invalidator, documents, stored };
}

it('reads an ended document and the lists of it once, under the keys of the specification', async () => {
  const { sut, manager, documents } = newSut(recordOf());
  for (let n = 0; n < 3; n += 1) {
    expect(await sut.document(ada, 'd1')).toMatchObject({ id: 'd1', state: 'ready' });
    expect((await sut.list(ada, FIRST_PAGE)).items).toHaveLength(1);
    expect((await sut.list(admin, FIRST_PAGE)).items).toHaveLength(1);
  }
  expect([documents.find, documents.list].map(({ mock }) => mock.calls.length)).toEqual([1, 2]);
  expect(await manager.get(keys.document('d1'))).toMatchObject({ id: 'd1' });
  for (const key of ['document_list', 'document_list:ada'] as const)
    expect(await manager.get(key)).toMatchObject({ items: [{ id: 'd1' }] });
});

it('shows a cached document to its user only', async () => {
  const { sut } = newSut(recordOf());
  await sut.document(ada, 'd1');
  await expect(sut.document(eve, 'd1')).rejects.toMatchObject({ code: 'document_not_found' });
});

it('reads an open document anew each time', async () => {
  const { sut, documents } = newSut(recordOf({ state: 'embedding' }));
  for (let n = 0; n < 3; n += 1) {
    await sut.document(ada, 'd1');
    await sut.list(ada, FIRST_PAGE);
  }
  expect([documents.find, documents.list].map(({ mock }) => mock.calls.length)).toEqual([3, 3]);
});

it('shows a change after its invalidation, and none before', async () => {
  const { sut, invalidator, stored } = newSut(recordOf());
  const shown = async () => [
    (await sut.document(ada, 'd1')).name,
    (await sut.list(ada, FIRST_PAGE)).items[0]!.name,
    (await sut.list(admin, FIRST_PAGE)).items[0]!.name,
  ];
  expect(await shown()).toEqual(['a.txt', 'a.txt', 'a.txt']);
  stored.records = [recordOf({ name: 'b.txt' })];
  expect(await shown()).toEqual(['a.txt', 'a.txt', 'a.txt']);
  await invalidator.document('d1', 'ada');
  expect(await shown()).toEqual(['b.txt', 'b.txt', 'b.txt']);
});

it('shows nothing of a removed user, however many documents were cached', async () => {
  const { sut, invalidator, stored } = newSut(recordOf());
  stored.records = Array.from({ length: 501 }, (_, n) => recordOf({ _id: `d${n}` }));
  const ids = stored.records.map(({ _id }) => _id);
  for (const id of ids) await sut.document(admin, id);
  await sut.list(ada, FIRST_PAGE);
  const deleteOf = async (): Promise<string[]> => {
    stored.records = [];
    return ids;
  };
  await new DocumentsOfUsers({ deleteOf }, invalidator).deleteOf('ada');
  for (const id of ['d0', 'd499', 'd500'])
    await expect(sut.document(admin, id)).rejects.toMatchObject({ code: 'document_not_found' });
  expect((await sut.list(ada, FIRST_PAGE)).items).toEqual([]);
});
