import { describe, expect, it } from 'vitest';
import { reconnectDelayMs } from './reconnect-delay.js';

describe('reconnectDelayMs', () => {
  it.each([
    [1, 50],
    [2, 100],
    [6, 1_600],
    [7, 2_000],
    [100_000, 2_000],
  ])('waits at most, before attempt %i, %i ms', (attempt, expected) =>
    expect(reconnectDelayMs(attempt, () => 1)).toBe(expected),
  );

  it('spreads the waits over the upper half', () => expect(reconnectDelayMs(7, () => 0)).toBe(1_000));
});
