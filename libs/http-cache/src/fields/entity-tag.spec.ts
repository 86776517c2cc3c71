import { expect, it } from 'vitest';
import { matchesStrongly, matchesWeakly } from './entity-tag.js';

/** The table of RFC 9110 section 8.8.3.2. */
it.each([
  ['W/"1"', 'W/"1"', false, true],
  ['W/"1"', 'W/"2"', false, false],
  ['W/"1"', '"1"', false, true],
  ['"1"', '"1"', true, true],
])('compares %s with %s', (one, other, isStrongMatch, isWeakMatch) => {
  expect([matchesStrongly(one, other), matchesWeakly(one, other)]).toEqual([isStrongMatch, isWeakMatch]);
});

it.each([
  ['"a", "1"', true],
  ['*', true],
  ['"a,1"', false],
  ['1', false],
])('looks for "1" in %s', (list, isFound) => expect(matchesWeakly(list, '"1"')).toBe(isFound));
