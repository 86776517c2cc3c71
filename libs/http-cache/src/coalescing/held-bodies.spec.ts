import { expect, it } from 'vitest';
import { BodyBudget } from './body-budget.js';
import { HeldBodies } from './held-bodies.js';

const SIZE = 100_000;

it.each<[string, string, number[]]>([
  ['a body that the store has', 'store read done', [0, 0, 0]],
  ['a body that leaves the store while it is read', 'store read drop done', [0, 0, SIZE, 0]],
  ['a body that never gets into the store', 'read read done done', [SIZE, SIZE, SIZE, 0]],
  ['a body that gets into the store again', 'read store drop done', [SIZE, 0, SIZE, 0]],
  ['a body of two records', 'store store read drop drop done', [0, 0, 0, 0, SIZE, 0]],
  ['a body that nobody reads', 'store drop', [0, 0]],
])('counts %s once, while only readers hold it', (_, steps, expected) => {
  const budget = new BodyBudget(1);
  const held = new HeldBodies(budget);
  const body = Buffer.allocUnsafeSlow(SIZE);
  const readers: (() => void)[] = [];
  const does: Record<string, () => unknown> = {
    store: () => held.stored(body),
    drop: () => held.dropped(body),
    read: () => readers.push(held.read(body.subarray(10, 20))),
    done: () => readers.pop()?.(),
  };
  const used = steps.split(' ').map((step) => {
    does[step]?.();
    return budget.used;
  });
  expect(used).toEqual(expected);
});

it('does not count what goes out in one piece', () => {
  const budget = new BodyBudget(1);
  new HeldBodies(budget).read(Buffer.allocUnsafeSlow(1_000));
  expect(budget.used).toBe(0);
});
