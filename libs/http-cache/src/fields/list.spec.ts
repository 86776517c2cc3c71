import { expect, it } from 'vitest';
import { splitList } from './list.js';

it.each([
  ['a, b ,c', ['a', 'b', 'c']],
  [',, a,,b,', ['a', 'b']],
  ['', []],
  ['a="x, y", b', ['a="x, y"', 'b']],
  ['a="x\\", y", b', ['a="x\\", y"', 'b']],
  ['a="never ends, b', ['a="never ends, b']],
])('splits %s (RFC 9110 section 5.6.1)', (value, members) => expect(splitList(value)).toEqual(members));

it('splits a long hostile list in linear time', () => expect(splitList('"\\'.repeat(50_000))).toHaveLength(1));
