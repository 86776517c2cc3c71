import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { vectorStoreContract } from '../testing/index.js';
import { LanceStore } from './lance.store.js';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'lance-'));
  folders.push(folder);
  return folder;
};
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

vectorStoreContract('LanceStore', async () => new LanceStore({ uri: await newFolder() }));

const EMBEDDER = { name: 'tiny', dimensions: 2 };
const ROW = { userId: 'u', documentId: 'd', fence: 1, ordinal: 0, text: 'rain', start: 0, end: 4 };

describe('LanceStore', () => {
  it('has what it stored after it is opened again', async () => {
    const folder = await newFolder();
    const before = new LanceStore({ uri: folder });
    const space = await before.space(EMBEDDER);
    await space.add([{ ...ROW, vector: Float32Array.of(1, 0) }]);
    await before.close();
    const after = new LanceStore({ uri: folder });
    const [same] = await after.existing([space.name]);
    expect(await same!.statistics()).toMatchObject({ rows: 1 });
    await after.close();
  });

  it('makes a new space when its folder was deleted while it is open', async () => {
    const folder = await newFolder();
    const store = new LanceStore({ uri: folder });
    const space = await store.space(EMBEDDER);
    await rm(folder, { recursive: true });
    const next = await store.space(EMBEDDER);
    expect(next.name).not.toBe(space.name);
    await next.add([{ ...ROW, vector: Float32Array.of(1, 0) }]);
    expect(await next.statistics()).toMatchObject({ rows: 1 });
    await store.close();
  });

  it('goes on with a table that LanceDB 0.14.1 wrote', async () => {
    const folder = await newFolder();
    await cp(new URL('../testing/files/lance-0.14.1', import.meta.url), folder, { recursive: true });
    const store = new LanceStore({ uri: folder });
    const space = await store.space(EMBEDDER);
    expect(space.name).toBe('chunks_8950abfda7b72763_2_0123456789ab');
    await space.add([{ ...ROW, ordinal: 1, text: 'rain again', vector: Float32Array.of(0, 1) }]);
    await space.maintain();
    expect(await space.statistics()).toMatchObject({ rows: 2, unindexedRows: 0 });
    const { byText, byVector } = await space.search({
      userId: 'u',
      text: 'rain',
      vector: Float32Array.of(1, 0),
      limit: 9,
    });
    expect(byText.map(({ text }) => text).toSorted()).toEqual(['rain again', 'rain fell on the quay']);
    expect(byVector.map(({ ordinal }) => ordinal)).toEqual([0, 1]);
    await store.close();
  });

  it('finds all passages of a small user and of named documents among 50,000 others by its vector index', async () => {
    const store = new LanceStore({ uri: await newFolder() });
    const space = await store.space(EMBEDDER);
    const around = (n: number): Float32Array => Float32Array.of(Math.cos(n), Math.sin(n));
    const rows = Array.from({ length: 50_000 }, (_, n) => ({ ...ROW, ordinal: n, vector: around(n) }));
    await space.add(rows);
    const small = [0, 1, 2, 3, 4].map((n) => ({ ...ROW, userId: 'small', documentId: `s${n}`, vector: around(n) }));
    await space.add(small);
    await space.maintain();
    const find = async (change: object) =>
      (await space.search({ userId: 'small', text: '-', vector: around(0), limit: 4, ...change })).byVector;
    expect((await find({})).map(({ documentId }) => documentId)).toEqual(['s0', 's1', 's2', 's4']);
    expect((await find({ documentIds: ['s2', 's3'] })).map(({ documentId }) => documentId)).toEqual(['s2', 's3']);
    expect(await find({ userId: 'u', limit: 40 })).toHaveLength(40);
    await store.close();
  }, 60_000);

  it('says that it is unavailable when its folder can not be one', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    await expect(new LanceStore({ uri: file }).space(EMBEDDER)).rejects.toMatchObject({ code: 'vectors_unavailable' });
  });
});
