import { expect, it } from 'vitest';
import { parseByteRange } from './byte-range.js';

it.each([
  ['bytes=0-4', { first: 0, last: 4 }],
  ['bytes=5-', { first: 5, last: 9 }],
  ['bytes=-3', { first: 7, last: 9 }],
  ['bytes=-20', { first: 0, last: 9 }], // a suffix longer than the whole is the whole
  ['Bytes=9-100', { first: 9, last: 9 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=4-2', 'ignored'],
  ['bytes=-', 'ignored'],
  ['bytes=0-1,3-4', 'ignored'],
  ['items=0-4', 'ignored'],
  ['bytes=a-b', 'ignored'],
])('reads %s of ten bytes (RFC 9110 section 14.1.2)', (value, range) =>
  expect(parseByteRange(value, 10)).toEqual(range),
);

it('satisfies no suffix of nothing', () => expect(parseByteRange('bytes=-3', 0)).toBe('unsatisfiable'));
