import { expect, it } from 'vitest';
import { hybridRanking } from './hybrid-ranking.js';

const order = (...matches: { byText: string[]; byVector: string[] }[]) =>
  hybridRanking(matches, (item) => item).map(({ item }) => item);
const MANY = Array.from({ length: 20 }, (_, n) => `v${n}`);

it('has what both lists have first, and weighs the vector list more', () => {
  expect(order({ byText: ['a', 'b'], byVector: ['c', 'b'] })).toEqual(['b', 'c', 'a']);
});

it('is the keyword list if there are no vectors', () => {
  expect(order({ byText: ['a', 'b', 'c', 'd'], byVector: [] })).toEqual(['a', 'b', 'c', 'd']);
});

it('has the best keyword match third at the lowest', () => {
  expect(order({ byText: ['n1', 'n2'], byVector: MANY }).slice(0, 5)).toEqual(['v0', 'v1', 'n1', 'v2', 'v3']);
});

it('has the best keyword match of each space', () => {
  const ranked = order({ byText: ['n1'], byVector: MANY }, { byText: ['m1'], byVector: [] });
  expect(ranked.slice(0, 4).toSorted()).toEqual(['m1', 'n1', 'v0', 'v1']);
});

it('scores no item above the one before it', () => {
  const scores = hybridRanking([{ byText: ['n1'], byVector: MANY }], (item) => item).map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
});
