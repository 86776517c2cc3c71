import { expect, it } from 'vitest';
import type { Purge } from '../purge/purge-scope.js';
import { PendingPurges } from './pending-purges.js';

const purgeOf = (tag: string): Purge => ({ scope: { type: 'tags', tags: [tag] }, isSoft: false });
const tagged = (tag: string) => ({ url: 'http://chat/a', tags: [tag] });

it('means what was purged until it is settled', () => {
  const pending = new PendingPurges(10);
  const [a, b] = [pending.add(purgeOf('a')), pending.add(purgeOf('b'))];
  pending.settle(a);
  expect([pending.mean(tagged('a')), pending.mean(tagged('b')), pending.all(), pending.isEmpty]).toEqual([false, true, [b], false]);
  pending.settle(b);
  expect(pending.isEmpty).toBe(true);
});

it('means everything past its bound, until that is settled', () => {
  const pending = new PendingPurges(2);
  const [first] = ['a', 'b'].map((tag) => pending.add(purgeOf(tag)));
  const all = pending.add(purgeOf('c'));
  if (first) pending.settle(first); // too late: it is one of all
  expect([pending.all(), pending.mean(tagged('z'))]).toEqual([[{ scope: { type: 'everything' }, isSoft: false }], true]);
  pending.settle(all);
  expect(pending.isEmpty).toBe(true);
});
