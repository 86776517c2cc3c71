import { PassThrough, Readable, Writable } from 'node:stream';
import { beforeEach, expect, it, vi } from 'vitest';
import { DependencyUnavailableError } from '@slipstream/contracts';
import type { HostedAsset } from './hosted-asset.store.js';
import { HostedAssets } from './hosted-assets.js';

const records = new Map<string, HostedAsset>();
const contents = new Set<string>();
const store = {
  add: vi.fn(async (asset: Omit<HostedAsset, 'createdAt'>) => {
    if (records.has(asset._id)) return false;
    records.set(asset._id, { ...asset, createdAt: new Date() });
    return true;
  }),
  find: vi.fn(async (id: string) => records.get(id) ?? null),
  count: async () => records.size,
  list: async () => ({ items: [...records.values()] }),
  remove: async () => null,
};
const files = {
  openUpload: (id: string) => {
    contents.add(id);
    return new PassThrough().resume() as Writable;
  },
  delete: async (id: string) => void contents.delete(id),
};
const sut = new HostedAssets({ store, files }, { maxFileBytes: 100, maxFiles: 9 });
const put = () => sut.put('a.png', Readable.from([Buffer.from('content')]));
const isWhole = () => [...records.values()].every(({ fileId }) => contents.has(fileId));

beforeEach(() => {
  records.clear();
  contents.clear();
});

const away = new DependencyUnavailableError('mongodb');

it('keeps the content of a file whose record was stored without an answer', async () => {
  const add = store.add.getMockImplementation()!;
  store.add.mockImplementationOnce(async (asset) => {
    await add(asset);
    throw away;
  });
  await expect(put()).rejects.toThrow(away);
  expect(records.size).toBe(1);
  expect(isWhole()).toBe(true);
});

it('keeps the content of a stored file that could not be read again', async () => {
  store.find.mockRejectedValueOnce(away);
  await expect(put()).rejects.toThrow(away);
  expect(isWhole()).toBe(true);
  expect((await put()).isNew).toBe(false);
  expect(isWhole()).toBe(true);
});

it('keeps no content of a file that was not stored', async () => {
  await expect(sut.put('a.png', Readable.from([Buffer.alloc(101)]))).rejects.toMatchObject({ code: 'asset_too_large' });
  await put();
  await put();
  expect([records.size, contents.size]).toEqual([1, 1]);
});
