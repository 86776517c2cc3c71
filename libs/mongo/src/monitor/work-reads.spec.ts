import { expect, it } from 'vitest';
import { runInContext } from '@slipstream/telemetry';
import { WorkReads } from './work-reads.js';

it('counts the queries of one shape in one piece of work, within a second', () => {
  let nowMs = 0;
  const sut = new WorkReads(() => nowMs);
  const first = { requestId: 'a' };
  const add = (work: object, shape: string) => runInContext(work, () => sut.add(shape));
  expect([add(first, 'x'), add(first, 'x'), add(first, 'y'), add({}, 'x'), add(first, 'x')]).toEqual([1, 2, 1, 1, 3]);
  nowMs = 1000;
  expect(add(first, 'x')).toBe(1);
  expect([sut.add('x'), sut.add('x')]).toEqual([1, 1]);
});
