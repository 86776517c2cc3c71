import { expect, it } from 'vitest';
import { requestOf } from '../testing/requests.js';
import type { CoalescedFetch } from './coalesced-fetch.js';
import { JoinableFetches } from './joinable-fetches.js';

const fetchOf = (isOpen: boolean) => ({ isOpenTo: () => isOpen }) as unknown as CoalescedFetch;

it('finds the newest fetch of a key, if it is open', () => {
  const fetches = new JoinableFetches();
  const [old, open, closed] = [fetchOf(true), fetchOf(true), fetchOf(false)];
  fetches.add('a', old);
  fetches.add('a', open);
  fetches.add('b', closed);
  fetches.remove('a', old); // it isn't there any more
  expect([
    fetches.joinable('a', requestOf()),
    fetches.joinable('b', requestOf()),
    fetches.joinable('c', requestOf()),
    fetches.size,
  ]).toEqual([open, undefined, undefined, 2]);
  fetches.remove('a', open);
  expect(fetches.size).toBe(1);
});
