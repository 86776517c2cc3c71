import type { EdgeFinding } from '@slipstream/cdn';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EdgeHealth } from './edge-health.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const GOOD: EdgeFinding = { type: 'good' };
const UNKNOWN: EdgeFinding = { type: 'unknown' };
const STALE: EdgeFinding = { type: 'stale', reason: '/a.css is old' };

/** @param rounds what each round of checks finds; then all is good @returns the health after each round */
async function healthAfter(
  rounds: EdgeFinding[][],
): Promise<{ states: boolean[]; changes: boolean[]; lines: string[] }> {
  const changes: boolean[] = [];
  const lines: string[] = [];
  const log = (_: object, text: string): void => void lines.push(text);
  const left = [...rounds];
  const health = new EdgeHealth({
    intervalMs: 1_000,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    check: async () => left.shift() ?? [GOOD],
    onChange: (isHealthy) => void changes.push(isHealthy),
    logger: { info: log, warn: log } as never,
  });
  health.start();
  const states: boolean[] = [];
  for (let i = 0; i < rounds.length; i++) {
    await vi.advanceTimersByTimeAsync(i === 0 ? 0 : 1_000);
    states.push(health.isHealthy);
  }
  health.close();
  return { states, changes, lines };
}

it.each<[string, EdgeFinding[][], boolean[]]>([
  ['one failure of a network that was never checked', [[STALE]], [false]],
  ['a second failure in a row', [[GOOD], [STALE], [STALE]], [true, true, false]],
  ['failures with a success between', [[GOOD], [STALE], [GOOD], [STALE]], [true, true, true, true]],
  ['one file of several', [[GOOD], [GOOD, STALE], [GOOD, STALE]], [true, true, false]],
  ['an origin that is away', [[GOOD], [UNKNOWN], [UNKNOWN], [UNKNOWN]], [true, true, true, true]],
  ['two successes', [[STALE], [GOOD], [GOOD]], [false, false, true]],
  [
    'a success, and a failure during the trial',
    [[STALE], [GOOD], [STALE], [GOOD], [GOOD]],
    [false, false, false, false, true],
  ],
])('after %s', async (_, rounds, states) => expect((await healthAfter(rounds)).states).toEqual(states));

it('each change is reported once, with its reason', async () => {
  const { changes, lines } = await healthAfter([[STALE], [STALE], [GOOD], [GOOD], [GOOD]]);
  expect(changes).toEqual([false, true]);
  expect(lines).toEqual([expect.stringContaining('unhealthy'), expect.stringContaining('healthy')]);
});
