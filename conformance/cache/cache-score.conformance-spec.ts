import { expect, it } from 'vitest';
import { scoreOf, type CacheResults } from './cache-score.js';
import { CACHE_TESTS, publishedResults } from './http-cache-suite.js';

it.each([
  ['trafficserver', 118, 55],
  ['varnish', 105, 40],
  ['nginx', 93, 50],
])('counts the published results of %s as the tables of http-cache-tests do', async (name, required, optimal) => {
  expect(scoreOf(CACHE_TESTS, await publishedResults(name))).toMatchObject({
    required: { passed: required, total: 157 },
    optimal: { passed: optimal, total: 86 },
  });
});

it('counts no test whose dependency is not passed, near or far, and none that was not run', () => {
  const results: CacheResults = { first: ['Assertion', 'comes from cache'], second: true, third: true, other: true };
  const tests = [
    { id: 'first' },
    { id: 'second', depends_on: ['first'] },
    { id: 'third', kind: 'optimal' as const, depends_on: ['second'] },
    { id: 'other' },
    { id: 'unknown' },
  ];
  expect(scoreOf(tests, results)).toEqual({
    required: { passed: 1, total: 4 },
    optimal: { passed: 0, total: 1 },
    missed: [
      'required first: Assertion: comes from cache',
      'required second: depends on first',
      'optimal third: depends on second',
      'required unknown: was not run',
    ],
  });
});
