import { beforeEach, describe, expect, it } from 'vitest';
import { BodyBudget } from './body-budget.js';
import { FlowingBody, type BodyReader } from './flowing-body.js';
import { HeldBodies } from './held-bodies.js';

describe('FlowingBody', () => {
  let budget: BodyBudget;
  const newBody = (maxBytes: number, allBytes = 1_000_000) => {
    budget = new BodyBudget(allBytes);
    return new FlowingBody({ maxBytes, budget, held: new HeldBodies(budget) });
  };
  const textOf = (reader: BodyReader, maxBytes = 1_000): string => {
    let text = '';
    for (let piece = reader.read(maxBytes); piece; piece = reader.read(maxBytes)) text += piece.toString();
    return text;
  };
  let body: FlowingBody;
  beforeEach(() => (body = newBody(10)));

  it('is whole in memory of its own, and gives its room back', () => {
    const source = Buffer.from('abcdef');
    expect([body.add(source.subarray(0, 3)), body.add(source.subarray(3)), body.isWhole, budget.used]).toEqual([
      true,
      true,
      true,
      6,
    ]);
    const whole = body.finish();
    source.fill(0);
    expect([whole?.toString(), budget.used]).toEqual(['abcdef', 0]);
  });

  it('is read by each at its own pace, from the first byte, in pieces no larger than wanted', () => {
    const [fast, slow] = [body.reader(), body.reader()];
    body.add(Buffer.from('abcd'));
    expect([textOf(fast), slow.read(1)?.toString(), fast.hasUnread, slow.hasUnread, fast.isOver]).toEqual([
      'abcd',
      'a',
      false,
      true,
      false,
    ]);
    body.add(Buffer.from('ef'));
    const late = body.reader();
    expect([textOf(late, 3), textOf(fast), slow.read(2)?.toString()]).toEqual(['abcdef', 'ef', 'bc']);
    body.finish();
    expect([fast.isOver, slow.isOver, textOf(slow), slow.isOver]).toEqual([true, false, 'def', true]);
  });

  it.each([
    ['itself may be', 10, 1_000_000],
    ['all together may be', 1_000_000, 10],
  ])('holds only what is not read yet when it grows larger than %s', (_, maxBytes, allBytes) => {
    body = newBody(maxBytes, allBytes);
    const [fast, slow] = [body.reader(), body.reader()];
    body.add(Buffer.from('0123456789'));
    textOf(fast);
    expect([body.add(Buffer.from('a')), body.isWhole, budget.used]).toEqual([false, false, 11]);
    slow.read(10);
    expect(budget.used).toBe(1);
    fast.close();
    expect([textOf(slow), budget.used, body.add(Buffer.from('bc')), textOf(slow), budget.used, body.finish()]).toEqual([
      'a',
      0,
      false,
      'bc',
      0,
      undefined,
    ]);
    expect(slow.isOver).toBe(true);
  });

  it('gives back all its room when its readers leave, or when it is dropped', () => {
    const reader = body.reader();
    body.add(Buffer.alloc(20));
    reader.close();
    expect(budget.used).toBe(0);
    const other = newBody(10);
    other.reader();
    other.add(Buffer.alloc(5));
    other.drop();
    expect(budget.used).toBe(0);
  });

  it('counts the whole for as long as somebody still reads it', () => {
    body = newBody(1_000_000);
    const reader = body.reader();
    body.add(Buffer.alloc(100_000));
    body.finish();
    expect([budget.used, textOf(reader).length]).toEqual([100_000, 100_000]);
    reader.close();
    expect(budget.used).toBe(0);
  });
});
