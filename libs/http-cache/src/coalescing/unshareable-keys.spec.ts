import { expect, it } from 'vitest';
import { UnshareableKeys } from './unshareable-keys.js';

it('remembers keys for a while', () => {
  let now = 5_000;
  const keys = new UnshareableKeys(1_000, () => now);
  keys.add('a');
  keys.add('b');
  keys.delete('b');
  expect([keys.has('a'), keys.has('b'), keys.has('c')]).toEqual([true, false, false]);
  now += 1_001;
  expect(keys.has('a')).toBe(false);
});

it('is bounded by the length of the keys', () => {
  const keys = new UnshareableKeys(1_000, Date.now);
  for (let i = 0; i < 300; i++) keys.add(`${i}${'x'.repeat(10_000)}`);
  expect([keys.has(`0${'x'.repeat(10_000)}`), keys.has(`299${'x'.repeat(10_000)}`)]).toEqual([false, true]);
});
