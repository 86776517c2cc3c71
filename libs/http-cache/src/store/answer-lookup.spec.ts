import { describe, expect, it } from 'vitest';
import { PurgeWatch } from '../purge/purge-watch.js';
import { FakeSharedStore } from '../testing/fake.shared-store.js';
import { recordOf } from '../testing/records.js';
import { requestOf } from '../testing/requests.js';
import { find, keyOf } from './answer-lookup.js';
import { MemoryResponseStore } from './memory.response-store.js';
import { TieredResponseStore } from './tiered.response-store.js';

const URL = 'http://chat.example/a';

describe('find', () => {
  const shared = new FakeSharedStore();
  const store = new TieredResponseStore(
    new MemoryResponseStore({ maxBytes: 100_000, maxEntries: 10, maxVariants: 2, clock: Date.now }),
    shared,
    new PurgeWatch(),
  );
  const vary = (primary: string) => ({
    ...recordOf(URL, { key: primary }),
    value: { type: 'vary' as const, names: ['accept'] },
  });

  it('finds nothing, and where it would be', () => {
    expect(find(store, requestOf(), () => false)).toEqual({
      url: URL,
      primary: URL,
      key: URL,
      names: [],
      stored: undefined,
    });
    expect(find(store, requestOf({}, { partition: 'ada', rule: { scope: 'private' } }), () => false)).toMatchObject({
      url: URL,
      primary: `ada ${URL}`,
      key: `ada ${URL}`,
    });
    expect(shared.asked).toEqual([]);
  });

  it('finds the one that a request selects, in memory at once (RFC 9111 section 4.1)', () => {
    const html = requestOf({ accept: 'text/html' });
    const key = keyOf(URL, ['accept'], html);
    store.put(vary(URL), undefined);
    store.put(recordOf(URL, { key, primary: URL, body: Buffer.from('html') }), undefined);
    expect(find(store, html, () => false)).toMatchObject({
      primary: URL,
      key,
      names: ['accept'],
      stored: { body: Buffer.from('html') },
    });
    expect(find(store, requestOf({ accept: 'text/css' }), () => false)).toMatchObject({
      names: ['accept'],
      stored: undefined,
    });
  });

  it('asks the shared store for what is worth it, by both keys', async () => {
    const [request, primary] = [requestOf({ accept: 'x' }, { target: '/b' }), 'http://chat.example/b'];
    const key = keyOf(primary, ['accept'], request);
    shared.records.set(primary, vary(primary)).set(key, recordOf(primary, { key, primary }));
    expect(await find(store, request, () => true)).toMatchObject({ key, stored: { statusCode: 200 } });
    expect(shared.asked).toEqual([primary, key]);
  });
});
