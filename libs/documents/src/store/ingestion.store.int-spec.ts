import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { modelOn, ownDatabase } from '@slipstream/mongo/testing';
import { documentModel, type DocumentRecord } from './document.schema.js';
import { DocumentStore } from './document.store.js';
import { IngestionStore } from './ingestion.store.js';

const pool = ownDatabase('ingestions');
const documents = modelOn<DocumentRecord>(pool, documentModel);
const sut = new IngestionStore(documents, pool);
const store = new DocumentStore(documents, pool);

async function uploaded(): Promise<string> {
  const id = randomUUID();
  await store.begin({ id, userId: 'ada', name: 'a.txt' });
  await store.uploaded(id, { bytes: 1, contentHash: id, kind: 'text' });
  return id;
}

async function claimed(id: string, leaseMs: number): Promise<DocumentRecord> {
  const claim = await sut.claim(id, { space: undefined, leaseMs }, () => true);
  if (claim.outcome !== 'claimed') throw new Error(claim.outcome);
  return claim.document;
}

const READY = { state: 'ready', index: { space: 's', embedder: 'e', chunks: 1 }, finalEventId: '1-1' } as const;

it('gives a document to one of two workers', async () => {
  const id = await uploaded();
  const claims = await Promise.all([1, 2].map(() => sut.claim(id, { space: undefined, leaseMs: 60_000 }, () => true)));
  expect(claims.map(({ outcome }) => outcome).toSorted()).toEqual(['busy', 'claimed']);
});

it('takes nothing from a worker whose lease another worker has', async () => {
  const id = await uploaded();
  const first = await claimed(id, 0);
  const second = await claimed(id, 60_000);
  expect(second.fence).toBe(first.fence + 1);
  expect(await sut.renew(id, first.fence, 60_000)).toBe(false);
  expect(await sut.progress(id, first.fence, { parts: 9 })).toBe(false);
  expect(await sut.finish(id, first.fence, READY)).toBeNull();
  expect(await sut.finish(id, second.fence, READY)).toMatchObject({ state: 'ready', index: { fence: second.fence } });
});

it('takes nothing for a document that was deleted meanwhile', async () => {
  const id = await uploaded();
  const { fence } = await claimed(id, 60_000);
  await store.remove(id);
  expect(await sut.progress(id, fence, { parts: 9 })).toBe(false);
  expect(await sut.finish(id, fence, READY)).toBeNull();
});

it('hands out the document that waits longest first, whatever its state', async () => {
  const removed = await uploaded();
  await store.remove(removed);
  const later = await uploaded();
  await documents.updateMany({ _id: { $ne: removed } }, { $set: { wakeAt: new Date(2) } });
  await documents.updateOne({ _id: removed }, { $set: { wakeAt: new Date(1) } });
  expect(await sut.takeOverdue(60_000)).toMatchObject({ _id: removed, state: 'removing' });
  expect(await documents.findById(later).lean()).toMatchObject({ wakeAt: new Date(2) });
});
