import { beforeEach, describe, expect, it } from 'vitest';
import { PurgeWatch } from '../purge/purge-watch.js';
import { FakeSharedStore } from '../testing/fake.shared-store.js';
import { recordOf } from '../testing/records.js';
import { MemoryResponseStore } from './memory.response-store.js';
import { TieredResponseStore } from './tiered.response-store.js';

const URL = 'http://chat/a';

describe('TieredResponseStore', () => {
  let shared: FakeSharedStore;
  let store: TieredResponseStore;
  const record = recordOf(URL, { tags: ['x'] });
  const over = (second?: FakeSharedStore) =>
    new TieredResponseStore(
      new MemoryResponseStore({ maxBytes: 100_000, maxEntries: 10, maxVariants: 2, clock: Date.now }),
      second,
      new PurgeWatch(),
    );

  beforeEach(() => {
    shared = new FakeSharedStore();
    store = over(shared);
  });

  it('puts in both, and gives from memory at once', () => {
    store.put(record, store.purgePoint());
    expect([store.getMemory(URL), shared.puts]).toEqual([record, [[record, { epoch: 'one', purges: 0 }]]]);
  });

  it('puts in memory only what came when the shared store was away', () => {
    store.put(record, undefined);
    expect([store.getMemory(URL), shared.puts]).toEqual([record, []]);
  });

  it('keeps in memory what it got from the shared store', async () => {
    shared.records.set(URL, record);
    expect(await store.getShared(URL, URL)).toBe(record);
    expect(store.getMemory(URL)).toEqual(record);
  });

  it('puts nothing older in the place of what it has', async () => {
    const [older, newer] = [recordOf(URL, { answeredAt: 1 }), recordOf(URL, { answeredAt: 2 })];
    store.put(newer, undefined);
    shared.records.set(URL, older);
    expect([await store.getShared(URL, URL), store.getMemory(URL)]).toEqual([newer, newer]);
    store.put(older, store.purgePoint());
    expect([store.getMemory(URL), shared.puts]).toEqual([newer, []]);
    const newest = recordOf(URL, { answeredAt: 3 });
    shared.records.set(URL, newest);
    expect([await store.getShared(URL, URL), store.getMemory(URL)]).toEqual([newest, newest]);
  });

  it('asks the shared store once for all who ask at the same time', async () => {
    await Promise.all([store.getShared(URL, URL), store.getShared(URL, URL)]);
    await store.getShared(URL, URL);
    expect(shared.asked).toHaveLength(2);
  });

  it('asks nobody when the shared store is not ready, or not there', () => {
    shared.isReady = false;
    expect([store.getShared(URL, URL), over().getShared(URL, URL), over().purgePoint(), shared.asked]).toEqual([
      undefined,
      undefined,
      undefined,
      [],
    ]);
  });

  it('forgets in both', () => {
    store.put(record, store.purgePoint());
    store.delete(URL);
    expect([store.getMemory(URL), shared.records.size]).toEqual([undefined, 0]);
  });

  it.each([{ type: 'url', url: URL }, { type: 'tags', tags: ['x'] }, { type: 'everything' }] as const)(
    'gives nothing that was being read when %j was purged',
    async (scope) => {
      shared.records.set(URL, record);
      let open = (): void => {};
      shared.gate = new Promise((resolve) => (open = resolve));
      const early = store.getShared(URL, URL);
      void store.purge({ scope, isSoft: false });
      shared.records.delete(URL);
      const late = store.getShared(URL, URL);
      open();
      expect([await early, await late, store.getMemory(URL), shared.asked.length]).toEqual([
        undefined,
        undefined,
        undefined,
        2,
      ]);
      expect(shared.purges).toEqual([{ scope, isSoft: false }]);
    },
  );

  it('purges its memory alone for what another process purged', () => {
    store.put(record, store.purgePoint());
    store.purgeMemory({ scope: { type: 'everything' }, isSoft: false });
    expect([store.getMemory(URL), shared.purges]).toEqual([undefined, []]);
  });
});
