import { expect, it } from 'vitest';
import { restartDelayMs } from './restart-delay.js';

it.each([
  [1, 100],
  [2, 200],
  [3, 400],
  [6, 3200],
  [7, 5000],
  [1000, 5000],
])('after %i endings in a row waits %i ms', (endings, delayMs) => {
  expect(restartDelayMs(endings)).toBe(delayMs);
});
