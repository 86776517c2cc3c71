import { describe, expect, it } from 'vitest';
import { reciprocalRankFusion } from './reciprocal-rank-fusion.js';

const order = (lists: string[][]) => reciprocalRankFusion(lists, (item) => item).map(({ item }) => item);

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
    const [first] = reciprocalRankFusion([['a'], ['a']], (item) => item);
    expect(first?.score).toBeCloseTo(2 / 61);
  });
});
