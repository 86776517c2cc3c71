import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FileOverlayStore } from './file-overlay.store.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'overlay-'));
  path = join(folder, 'backends.json');
});
afterEach(() => rm(folder, { recursive: true }));

const error = vi.fn();
const storeAt = (file: string) => new FileOverlayStore(file, { error });
const change = [{ url: 'http://a', isDraining: true }];

it('stores changes with a version, in a folder that it creates', async () => {
  const inFolder = join(folder, 'state', 'backends.json');
  const store = storeAt(inFolder);
  expect(await store.find()).toEqual({ version: 0, overrides: [] });
  expect(await store.replace('web', 0, change)).toBe(true);
  expect(await storeAt(inFolder).find()).toEqual({ version: 1, overrides: change });
  expect(await store.replace('web', 0, [])).toBe(false);
  expect(await store.replace('web', 1, [])).toBe(true);
  expect(await store.find()).toEqual({ version: 2, overrides: [] });
});

it('accepts one of many changes of the same version', async () => {
  const stores = Array.from({ length: 20 }, () => storeAt(path));
  const won = await Promise.all(stores.map((store) => store.replace('web', 0, change)));
  expect(won.filter(Boolean)).toHaveLength(1);
});

it('continues with the copy of a gateway with MongoDB', async () => {
  await writeFile(path, JSON.stringify(change));
  expect(await storeAt(path).find()).toEqual({ version: 1, overrides: change });
  expect(await storeAt(path).replace('web', 1, [])).toBe(true);
});

it('drops the lock of a process that died', async () => {
  await writeFile(`${path}.lock`, '');
  await utimes(`${path}.lock`, new Date(0), new Date(0));
  expect(await storeAt(path).replace('web', 0, change)).toBe(true);
  await expect(readFile(`${path}.lock`)).rejects.toThrow('ENOENT');
});

it.each(['{"version":', 'null', '{"version":"1"}', '7'])('logs once that the file contains %s', async (content) => {
  error.mockClear();
  await writeFile(path, content);
  const store = storeAt(path);
  await expect(store.find()).rejects.toThrow();
  await expect(store.replace('web', 0, change)).rejects.toThrow();
  expect(error.mock.calls).toEqual([[expect.objectContaining({ file: path }), expect.stringContaining('overlayFile')]]);
  expect(await readFile(path, 'utf8')).toBe(content);
});
