import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EmbeddedChunk, VectorStore } from '../vector-store.port.js';

const EMBEDDER = { name: 'tiny', dimensions: 4 };
const X = Float32Array.of(1, 0, 0, 0);
const Y = Float32Array.of(0, 1, 0, 0);

const row = (change: Partial<EmbeddedChunk>): EmbeddedChunk => ({
  userId: 'ada',
  documentId: 'd1',
  fence: 1,
  ordinal: 0,
  text: 'The lighthouse keeper counts the gulls.',
  start: 0,
  end: 39,
  vector: X,
  ...change,
});

/** What every driver of {@link VectorStore} does. To be called outside of specs. */
export function vectorStoreContract(name: string, open: () => Promise<VectorStore>): void {
  describe(`${name} as a vector store`, () => {
    let store: VectorStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const found = async (text: string, change: object = {}) => {
      const space = await store.space(EMBEDDER);
      const { byText, byVector } = await space.search({ userId: 'ada', text, limit: 10, ...change });
      return { byText: byText.map(({ documentId }) => documentId), byVector: byVector.map(({ text: t }) => t) };
    };

    it('finds by keyword and by vector, with all that was stored but the vector', async () => {
      const space = await store.space(EMBEDDER);
      await space.add([row({ page: 3, heading: 'Coast' }), row({ documentId: 'd2', text: 'Rain falls.', vector: Y })]);
      const { byText, byVector } = await space.search({ userId: 'ada', text: 'lighthouses', vector: Y, limit: 10 });
      const { vector: _, ...stored } = row({ page: 3, heading: 'Coast' });
      expect(byText).toEqual([stored]);
      expect(byVector.map(({ documentId }) => documentId)).toEqual(['d2', 'd1']);
      expect(byVector[0]).not.toHaveProperty('page');
    });

    it('shows a user nothing of another, whatever ids they name', async () => {
      const space = await store.space(EMBEDDER);
      await space.add([row({}), row({ userId: "b'o", documentId: 'd9' })]);
      expect(await found('lighthouse', { userId: "b'o" })).toMatchObject({ byText: ['d9'] });
      expect(await found('lighthouse', { userId: 'cy', documentIds: ['d1', 'd9'] })).toMatchObject({ byText: [] });
      expect(await found('lighthouse', { userId: "x' OR '1'='1", vector: X })).toEqual({ byText: [], byVector: [] });
    });

    it('searches in the documents that are named', async () => {
      const space = await store.space(EMBEDDER);
      await space.add([row({}), row({ documentId: 'd2' })]);
      expect(await found('lighthouse', { documentIds: ['d2'] })).toMatchObject({ byText: ['d2'] });
    });

    it('deletes a document, or only its rows of earlier claims', async () => {
      const space = await store.space(EMBEDDER);
      await space.add([row({ fence: 1 }), row({ fence: 2 }), row({ fence: 3 }), row({ documentId: 'd2' })]);
      await space.deleteDocument('d1', 2);
      const { byText } = await space.search({ userId: 'ada', text: 'gulls', limit: 9 });
      expect(byText.map(({ documentId, fence }) => `${documentId}:${fence}`).toSorted()).toEqual([
        'd1:2',
        'd1:3',
        'd2:1',
      ]);
      await space.deleteDocument('d1');
      await space.deleteDocument('d1');
      expect(await space.statistics()).toMatchObject({ rows: 1 });
    });

    it('finds the same after maintenance, with fewer fragments and all rows indexed', async () => {
      const space = await store.space(EMBEDDER);
      for (let n = 0; n < 5; n += 1) await space.add([row({ documentId: `d${n}`, ordinal: n })]);
      const before = await found('gulls');
      expect(await space.statistics()).toMatchObject({ rows: 5, fragments: 5, unindexedRows: 5 });
      await space.maintain();
      expect(await space.statistics()).toMatchObject({ rows: 5, fragments: 1, unindexedRows: 0 });
      expect((await found('gulls')).byText.toSorted()).toEqual(before.byText.toSorted());
    });

    it('makes one space for callers at the same time', async () => {
      const spaces = await Promise.all(Array.from({ length: 5 }, () => store.space(EMBEDDER)));
      expect(new Set(spaces.map(({ name }) => name)).size).toBe(1);
      expect(await store.names()).toHaveLength(1);
    });

    it('keeps the vectors of each embedder apart, and finds a space again by its name', async () => {
      const space = await store.space(EMBEDDER);
      const other = await store.space({ name: 'other', dimensions: 4 });
      await space.add([row({})]);
      expect(other.name).not.toBe(space.name);
      expect((await other.search({ userId: 'ada', text: 'gulls', limit: 9 })).byText).toEqual([]);
      expect((await store.space(EMBEDDER)).name).toBe(space.name);
      expect((await store.existing([space.name, 'chunks_gone'])).map(({ name: each }) => each)).toEqual([space.name]);
    });

    it('gives a dropped space another name when it is made anew', async () => {
      const { name: former } = await store.space(EMBEDDER);
      await store.drop(former);
      await store.drop(former);
      expect((await store.space(EMBEDDER)).name).not.toBe(former);
      expect(await store.names()).not.toContain(former);
    });

    it('closes twice', async () => {
      await store.close();
      await store.close();
    });
  });
}
