import { expect, it, vi } from 'vitest';
import { TurnBatch } from './turn-batch.js';

const doubled = vi.fn(async (items: number[]) => items.map((item) => item * 2));

it('sends together what is added within one turn, and gives each its own result', async () => {
  const batch = new TurnBatch(10, doubled);
  expect(await Promise.all([batch.add(1), batch.add(2)])).toEqual([2, 4]);
  expect(await batch.add(3)).toBe(6);
  expect(doubled.mock.calls).toEqual([[[1, 2]], [[3]]]);
});

it('sends at once when enough were added, or when that is asked for', async () => {
  doubled.mockClear();
  const batch = new TurnBatch(2, doubled);
  const added = [batch.add(1), batch.add(2), batch.add(3)];
  expect(doubled.mock.calls).toEqual([[[1, 2]]]);
  batch.send();
  expect(doubled.mock.calls).toEqual([[[1, 2]], [[3]]]);
  expect(await Promise.all(added)).toEqual([2, 4, 6]);
});

it('fails all together', async () => {
  const batch = new TurnBatch<number, number>(10, () => Promise.reject(new Error('away')));
  const results = await Promise.allSettled([batch.add(1), batch.add(2)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
