import { expect, it } from 'vitest';
import { BodyBudget } from './body-budget.js';

it('gives room until there is none, and takes it back', () => {
  const budget = new BodyBudget(10);
  expect([budget.take(6), budget.take(5), budget.take(4), budget.used]).toEqual([true, false, true, 10]);
  budget.giveBack(6);
  expect([budget.take(6), budget.take(1)]).toEqual([true, false]);
});
