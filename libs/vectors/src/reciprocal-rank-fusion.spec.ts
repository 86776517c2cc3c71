import { describe, expect, it } from 'vitest';
import { reciprocalRankFusion } from './reciprocal-rank-fusion.js';

const fused = (lists: string[][]) =>
  reciprocalRankFusion(
    lists.map((items) => ({ items, weight: 1 })),
    (item) => item,
  );
const order = (lists: string[][]) => fused(lists).map(({ item }) => item);

describe('reciprocalRankFusion', () => {
  it.each([
    ['nothing of nothing', [], []],
    ['one list as it is', [['a', 'b', 'c']], ['a', 'b', 'c']],
    [
      'what both lists have before what one has',
      [
        ['a', 'b'],
        ['c', 'b'],
      ],
      ['b', 'a', 'c'],
    ],
    ['equal scores in the order of the lists', [['a'], ['b']], ['a', 'b']],
  ])('returns %s', (_, lists, expected) => {
    expect(order(lists)).toEqual(expected);
  });

  it('scores by rank only', () => {
    expect(fused([['a'], ['a']])[0]?.score).toBeCloseTo(2 / 11);
  });
});
