import { expect, it } from 'vitest';
import { KeyIndex } from './key-index.js';

it('finds keys by a name that they share, and forgets the names of none', () => {
  const index = new KeyIndex();
  for (const key of ['1', '2', '1']) index.add('a', key);
  index.add('b', '3');
  const copy = index.keysOf('a');
  index.remove('a', '1');
  index.remove('a', 'unknown');
  index.remove('c', '1');
  expect([copy, index.keysOf('a'), index.keysOf('b'), index.keysOf('c')]).toEqual([['1', '2'], ['2'], ['3'], []]);
});

it('tells the oldest of too many', () => {
  const index = new KeyIndex();
  for (const key of ['1', '2', '3']) index.add('a', key);
  expect([index.oldestPast('a', 3), index.oldestPast('a', 2), index.oldestPast('b', 0)]).toEqual([
    undefined,
    '1',
    undefined,
  ]);
});
