import { expect, it } from 'vitest';
import { recordOf } from '../testing/records.js';
import { softened, type CacheRecord } from './cache-record.js';

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
