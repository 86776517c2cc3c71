import { expect, it } from 'vitest';
import { recordOf } from '../testing/records.js';
import { sizeOf, softened, type CacheRecord } from './cache-record.js';

it('costs its key, its URL, its tags, its fields and its body', () => {
  const size = sizeOf(recordOf('http://chat/a'));
  const larger = [
    recordOf('http://chat/a', { key: 'x'.repeat(1_000) }),
    recordOf('http://chat/a', { tags: ['x'.repeat(1_000)] }),
    recordOf('http://chat/a', { headers: ['X', 'x'.repeat(1_000)] }),
    recordOf('http://chat/a', { body: Buffer.alloc(1_000) }),
  ];
  expect(larger.map((record) => sizeOf(record) - size > 900)).toEqual([true, true, true, true]);
  expect(size).toBeGreaterThan(512);
});

it('is stale after a soft purge, and usable as such for as long as before (RFC 5861)', () => {
  const record = recordOf('http://chat/a', {
    freshUntil: 5_000,
    staleWhileRevalidateUntil: 6_000,
    staleIfErrorUntil: 7_000,
  });
  expect(softened(record, 1_000).value).toMatchObject({
    response: { freshUntil: 1_000, staleWhileRevalidateUntil: 2_000, staleIfErrorUntil: 3_000 },
  });
  expect(softened(record, 5_000)).toBe(record); // it was stale already
  const vary: CacheRecord = { ...record, value: { type: 'vary', names: ['accept'] } };
  expect(softened(vary, 1_000)).toBe(vary);
});
