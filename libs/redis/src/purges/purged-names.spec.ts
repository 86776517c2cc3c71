import { expect, it } from 'vitest';
import { PurgedNames } from './purged-names.js';

it('drops what was loaded before a purge of one of its names, and keeps what was loaded after it', () => {
  const names = new PurgedNames(10);
  names.note('a', 1);
  names.note('b', 2);
  expect([0, 1, 2].map((since) => names.verdict(['a', 'b'], since))).toEqual(['dropped', 'dropped', 'kept']);
  expect(names.verdict(['c'], 0)).toBe('kept');
});

it('distinguishes soft from hard purges', () => {
  const names = new PurgedNames(10);
  names.note('a', 1);
  names.note('a', 2, true);
  expect([0, 1, 2].map((since) => names.verdict(['a'], since))).toEqual(['dropped', 'softened', 'kept']);
});

it('drops everything from before a purge of everything, or before the oldest purge that it knows', () => {
  const names = new PurgedNames(2);
  for (const [index, name] of ['a', 'b', 'c'].entries()) names.note(name, index + 1);
  expect([0, 1].map((since) => names.verdict(['z'], since))).toEqual(['dropped', 'kept']);
  names.noteEverything(7);
  expect([6, 7].map((since) => names.verdict(['z'], since))).toEqual(['dropped', 'kept']);
  names.reset();
  expect(names.verdict(['a', 'z'], 0)).toBe('kept');
});
