import { beforeEach, describe, expect, it, vi } from 'vitest';
import { recordOf } from '../testing/records.js';
import { MemoryResponseStore } from './memory.response-store.js';

const URL = 'http://chat/a';

describe('MemoryResponseStore', () => {
  let now: number;
  let store: MemoryResponseStore;
  const onEvicted = vi.fn();

  beforeEach(() => {
    now = Date.now();
    onEvicted.mockClear();
    store = new MemoryResponseStore({ maxBytes: 50_000, maxEntries: 20, maxVariants: 2, onEvicted, clock: () => now });
  });

  it('gives what was put, until it is of no use any more', () => {
    const record = recordOf(URL, { retainUntil: now + 10 });
    store.put(record);
    expect(store.get(URL)).toEqual(record);
    now += 10;
    expect([store.get(URL), store.size]).toEqual([undefined, { entries: 0, bytes: 0 }]);
  });

  it('counts what is there, once', () => {
    const record = recordOf(URL);
    store.put(record);
    const { bytes } = store.size;
    store.put(record);
    expect(store.size).toEqual({ entries: 1, bytes });
    store.delete(URL);
    expect(store.size).toEqual({ entries: 0, bytes: 0 });
  });

  it('lets the least recently used go when it is full, by bytes or by number', () => {
    for (let i = 0; i < 6; i++) {
      store.put(recordOf(`http://chat/${i}`, { body: Buffer.alloc(9_000) }));
      store.get('http://chat/0');
    }
    expect([store.get('http://chat/0') !== undefined, store.get('http://chat/1'), onEvicted.mock.calls.length]).toEqual(
      [true, undefined, 1],
    );
    for (let i = 0; i < 30; i++) store.put(recordOf(`http://chat/small/${i}`));
    expect(store.size.entries).toBe(20);
  });

  it('leaves out what is larger than itself, and what had its key', () => {
    store.put(recordOf(URL));
    store.put(recordOf(URL, { body: Buffer.alloc(60_000) }));
    expect([store.get(URL), store.size.bytes]).toEqual([undefined, 0]);
  });

  it('keeps few variants of one answer: the one that was put longest ago goes', () => {
    for (const key of ['v1', 'v2', 'v1', 'v3']) store.put(recordOf(URL, { key, primary: URL }));
    expect(['v1', 'v2', 'v3'].map((key) => store.get(key) !== undefined)).toEqual([true, false, true]);
    store.put(recordOf('http://chat/b', { key: 'other', primary: 'http://chat/b' }));
    expect(store.get('v1')).toBeDefined();
  });

  describe('purged', () => {
    beforeEach(() => {
      store.put(recordOf(URL, { tags: ['x'] }));
      store.put(recordOf(URL, { key: 'ada http://chat/a', tags: ['y'] }));
      store.put(recordOf('http://chat/ab', { tags: ['x', 'y'] }));
      store.put(recordOf('http://other/a'));
    });
    const left = () =>
      ['http://chat/a', 'ada http://chat/a', 'http://chat/ab', 'http://other/a']
        .map((key) => (store.get(key) ? 1 : 0))
        .join('');

    it.each([
      [{ type: 'url', url: URL }, '0011'],
      [{ type: 'url', url: '/a' }, '0010'],
      [{ type: 'prefix', prefix: URL }, '0001'],
      [{ type: 'prefix', prefix: '/a' }, '0000'],
      [{ type: 'tags', tags: ['y', 'z'] }, '1001'],
      [{ type: 'everything' }, '0000'],
    ] as const)('by %j has left what it does not mean', (scope, expected) => {
      store.purge({ scope, isSoft: false });
      expect(left()).toBe(expected);
    });

    it('softly has made stale what it means', () => {
      store.purge({ scope: { type: 'tags', tags: ['x'] }, isSoft: true });
      expect(left()).toBe('1111');
      const fresh = [URL, 'ada http://chat/a'].map((key) => {
        const value = store.get(key)?.value;
        return value?.type === 'response' && value.response.freshUntil > now;
      });
      expect(fresh).toEqual([false, true]);
    });

    it('leaves no tag behind', () => {
      store.purge({ scope: { type: 'everything' }, isSoft: false });
      store.put(recordOf(URL, { tags: ['other'] }));
      store.purge({ scope: { type: 'tags', tags: ['x'] }, isSoft: false });
      expect(store.get(URL)).toBeDefined();
    });
  });
});
