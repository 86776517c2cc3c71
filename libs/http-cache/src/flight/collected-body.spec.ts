import { describe, expect, it } from 'vitest';
import { BodyBudget } from './body-budget.js';
import { CollectedBody } from './collected-body.js';

describe('CollectedBody', () => {
  it('is whole in memory of its own, and gives its room back', () => {
    const budget = new BodyBudget(100);
    const body = new CollectedBody(10, budget);
    const source = Buffer.from('abcdef');
    expect([body.add(source.subarray(0, 3)), body.add(source.subarray(3)), body.isWhole, budget.used]).toEqual([true, true, true, 6]);
    const whole = body.finish();
    source.fill(0);
    expect([whole.toString(), budget.used, body.chunks]).toEqual(['abcdef', 0, []]);
  });

  it.each([
    ['itself may be', 10, 100],
    ['all together may be', 100, 10],
  ])('keeps nothing when it grows larger than %s', (_, maxBytes, allBytes) => {
    const budget = new BodyBudget(allBytes);
    const body = new CollectedBody(maxBytes, budget);
    expect([body.add(Buffer.alloc(10)), body.add(Buffer.alloc(1)), body.add(Buffer.alloc(0)), body.isWhole, body.chunks, budget.used]).toEqual([true, false, false, false, [], 0]);
  });
});
