import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { modelOn, ownDatabase } from '@slipstream/mongo/testing';
import { documentModel, type DocumentRecord } from './document.schema.js';
import { DocumentStore } from './document.store.js';
import { IngestionStore } from './ingestion.store.js';

const pool = ownDatabase('loader');
const documents = modelOn<DocumentRecord>(pool, documentModel);
const sut = new IngestionStore(documents, pool);
const store = new DocumentStore(documents, pool);

/** A document that ended, of a user or of the loader. */
async function ended(purpose: 'loader' | undefined, state: 'extracted' | 'failed', keptMs: number): Promise<string> {
  const id = randomUUID();
  await store.begin({ id, userId: 'loader:k', name: 'a.txt', purpose });
  await store.uploaded(id, { bytes: 1, contentHash: id, kind: 'text' });
  const claim = await sut.claim(id, { space: undefined, leaseMs: 60_000 }, () => true);
  const fence = claim.outcome === 'claimed' ? claim.document.fence : -1;
  const end = state === 'failed' ? { state, error: { code: 'document_damaged', detail: '' } } : { state };
  await sut.finish(id, fence, { ...end, finalEventId: '1-1' }, purpose && keptMs);
  return id;
}

it('hands out documents of the loader for removal once their time is over, and no others', async () => {
  const failedOfUser = await ended(undefined, 'failed', 0);
  const kept = await ended('loader', 'extracted', 3_600_000);
  const over = [await ended('loader', 'extracted', 0), await ended('loader', 'failed', 0)];
  const taken: string[] = [];
  await vi.waitFor(async () => {
    const record = await sut.takeExpired(60_000);
    if (record) taken.push(record._id);
    expect(taken.toSorted()).toEqual(over.toSorted());
  });
  expect(await sut.takeExpired(60_000)).toBeNull();
  expect(await store.findLoaded(over[0]!)).toBeNull();
  expect(await store.findLoaded(kept)).toMatchObject({ state: 'extracted' });
  expect(await store.find(failedOfUser)).toMatchObject({ state: 'failed' });
  expect(await store.find(kept)).toBeNull();
});

it('keeps a document that was requested again', async () => {
  const id = await ended('loader', 'extracted', 0);
  expect(await store.keepLoaded(id, 3_600_000)).toBe(true);
  expect(await sut.takeExpired(60_000)).toBeNull();
  expect(await store.keepLoaded(randomUUID(), 1)).toBe(false);
});
