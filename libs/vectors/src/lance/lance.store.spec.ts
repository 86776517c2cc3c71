import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

vectorStoreContract('LanceStore', async () => new LanceStore(await newFolder()));

const EMBEDDER = { name: 'tiny', dimensions: 2 };
const ROW = { userId: 'u', documentId: 'd', fence: 1, ordinal: 0, text: 'rain', start: 0, end: 4 };

describe('LanceStore', () => {
  it('has what it stored after it is opened again', async () => {
    const folder = await newFolder();
    const before = new LanceStore(folder);
    const space = await before.space(EMBEDDER);
    await space.add([{ ...ROW, vector: Float32Array.of(1, 0) }]);
    await before.close();
    const after = new LanceStore(folder);
    const [same] = await after.existing([space.name]);
    expect(await same!.statistics()).toMatchObject({ rows: 1 });
    await after.close();
  });

  it('makes a new space when its folder was deleted while it is open', async () => {
    const folder = await newFolder();
    const store = new LanceStore(folder);
    const space = await store.space(EMBEDDER);
    await rm(folder, { recursive: true });
    const next = await store.space(EMBEDDER);
    expect(next.name).not.toBe(space.name);
    await next.add([{ ...ROW, vector: Float32Array.of(1, 0) }]);
    expect(await next.statistics()).toMatchObject({ rows: 1 });
    await store.close();
  });

  it('says that it is unavailable when its folder can not be one', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    await expect(new LanceStore(file).space(EMBEDDER)).rejects.toMatchObject({ code: 'vectors_unavailable' });
  });
});
