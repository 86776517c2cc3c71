import { expect, it } from 'vitest';
import { modelOn, ownDatabase } from '@slipstream/mongo/testing';
import { BackendOverlayStore } from './backend-overlay.store.js';
import { backendOverlayModel } from './backend-overlay.schema.js';

const database = ownDatabase('overlay');
const store = new BackendOverlayStore(modelOn(database, backendOverlayModel), database);

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
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_, n) => store.replace('contended', 0, [{ url: `http://${n}` }])),
  );
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect((await store.find('contended')).version).toBe(1);
});
