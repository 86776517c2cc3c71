import { describe, expect, it } from 'vitest';
import {
  afterFailedCheck,
  afterPassedCheck,
  afterUnreachable,
  isSettled,
  UNPROVEN,
  type BackendHealth,
} from './backend-health.js';

const THRESHOLDS = { healthyThreshold: 2, unhealthyThreshold: 2 };

/** `+` a passed check, `-` a failed one, `x` an undeliverable request. */
const steps: Record<string, (health: BackendHealth) => BackendHealth> = {
  '+': afterPassedCheck,
  '-': (health) => afterFailedCheck(health, { reason: 'refused' }, THRESHOLDS),
  x: afterUnreachable,
};
const after = (history: string): BackendHealth => [...history].reduce((health, step) => steps[step]!(health), UNPROVEN);

describe('backend health', () => {
  it.each([
    ['', true, 'trusted before the first check'],
    ['-', false, 'the first check settles it'],
    ['+', true, 'proven'],
    ['+-', true, 'one failure is below the threshold'],
    ['+--', false, 'two are on it'],
    ['+-+-', true, 'failures count in a row only'],
    ['+--+', false, 'one success is below the threshold'],
    ['+--++', true, 'two are on it'],
    ['+--+-+', false, 'successes count in a row only'],
    ['x', false, 'unreachable'],
    ['x+', true, 'one good check is enough after an undelivered request'],
    ['x-+', false, 'a failed check after it asks for the full proof'],
    ['+--x+', false, 'an undelivered request never shortens the proof'],
  ])('%s -> available: %s (%s)', (history, expected) => {
    expect(after(history).state !== 'unhealthy').toBe(expected);
  });

  it.each([
    ['', false],
    ['+', true],
    ['+-', false],
    ['-', false],
  ])('%s -> settled: %s', (history, expected) => {
    expect(isSettled(after(history))).toBe(expected);
  });

  it('says why', () => {
    expect(after('-')).toMatchObject({ state: 'unhealthy', reason: 'refused' });
  });
});
