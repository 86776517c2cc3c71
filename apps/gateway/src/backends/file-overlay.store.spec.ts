import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BackendOverlay, type BackendOverlayPorts } from './backend-overlay.js';
import { FileOverlayStore } from './file-overlay.store.js';
import { noCopy } from './overlay-file.js';

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

it.each([
  ['broken JSON', '{"version":'],
  ['no changes', 'null'],
  ['a change out of range', '{"version":1,"overrides":[{"url":"http://a","weight":-1}]}'],
])('a change is refused with a reason while the file contains %s', async (_, content) => {
  await writeFile(path, content);
  expect(await changeAt(path)).toMatchObject({ code: 'backend_changes_unusable' });
  expect(await readFile(path, 'utf8')).toBe(content);
});

it('a change is refused with a reason where no file can be written', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(await changeAt(join(folder, 'file', 'backends.json'))).toMatchObject({ code: 'backend_changes_unusable' });
});

/** The error of a change whose store is the file. */
async function changeAt(file: string): Promise<unknown> {
  const ports = { pool: 'web', store: storeAt(file), file: noCopy(file), apply: vi.fn(), announce: vi.fn() };
  const overlay = new BackendOverlay({ ...ports, logger: { error } } as unknown as BackendOverlayPorts);
  return overlay
    .change(() => change)
    .then(
      () => 'changed',
      (reason: unknown) => reason,
    );
}

it.each(['{"version":', 'null', '{"version":"1"}', '7'])('logs once that the file contains %s', async (content) => {
  error.mockClear();
  await writeFile(path, content);
  const store = storeAt(path);
  await expect(store.find()).rejects.toThrow();
  await expect(store.replace('web', 0, change)).rejects.toThrow();
  expect(error.mock.calls).toEqual([[expect.objectContaining({ file: path }), expect.stringContaining('overlayFile')]]);
  expect(await readFile(path, 'utf8')).toBe(content);
});
