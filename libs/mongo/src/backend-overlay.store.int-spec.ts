import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { BackendOverlayStore } from './backend-overlay.store.js';
import { DatabasePool } from './database-pool.js';

let database: DatabasePool;
let store: BackendOverlayStore;

beforeAll(async () => {
  const uri = new URL(inject('mongodbUri'));
  uri.pathname = `/overlay_${randomUUID().slice(0, 8)}`;
  database = new DatabasePool({ uri: uri.href, logger: { info: vi.fn(), warn: vi.fn() } as never });
  store = new BackendOverlayStore(database);
  database.start();
  await vi.waitFor(() => expect(database.isAvailable).toBe(true), { timeout: 20_000 });
});
afterAll(() => database.close());

it('keeps the changes of each pool, and replaces them only where they are what they were', async () => {
  const changes = [{ url: 'http://a.b$c', weight: 2 }];
  expect(await store.find('web')).toEqual({ version: 0, overrides: [] });
  expect(await store.replace('web', 0, changes)).toBe(true);
  expect(await store.replace('web', 0, [])).toBe(false);
  expect(await store.find('web')).toEqual({ version: 1, overrides: changes });
  expect(await store.replace('web', 1, [])).toBe(true);
  expect(await store.replace('web', 1, changes)).toBe(false);
  expect(await store.find('web')).toEqual({ version: 2, overrides: [] });
  expect(await store.find('other')).toEqual({ version: 0, overrides: [] });
});

it('lets one of many win', async () => {
  const outcomes = await Promise.all(Array.from({ length: 10 }, (_, n) => store.replace('contended', 0, [{ url: `http://${n}` }])));
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect((await store.find('contended')).version).toBe(1);
});
