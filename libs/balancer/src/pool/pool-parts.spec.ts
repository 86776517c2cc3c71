import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DurationHistogram } from '@slipstream/telemetry';
import { UNPROVEN, type BackendHealth } from '../health/backend-health.js';
import { ejected, ADMITTED } from '../outliers/ejection.js';
import { LoadBoard } from './load-board.js';
import { PooledBackend } from './pooled-backend.js';
import { PeakEwma } from './peak-ewma.js';
import { eligibleBackends } from './eligible-backends.js';
import { RetryBudget } from './retry-budget.js';
import { SlowStart, slowStartShare } from './slow-start.js';

const pooled = (name: string, { priority = 0, isDraining = false, weight = 1 } = {}) =>
  new PooledBackend({ url: name, weight, priority, isDraining }, 0);
const unhealthy = (isReachable: boolean): BackendHealth => ({
  state: 'unhealthy',
  successes: 0,
  needed: 2,
  reason: 'x',
  isReachable,
});

describe('who may be picked', () => {
  it('is well, not draining, and grouped by priority', () => {
    const pooledBackends = [
      pooled('b', { priority: 5 }),
      pooled('a'),
      pooled('ill'),
      pooled('drains', { isDraining: true }),
      pooled('out'),
    ];
    pooledBackends[4]!.ejection = ejected(ADMITTED, 'x', 0, { ejectionMs: 1, maxEjectionMs: 1 });
    const { groups, byUrl } = eligibleBackends(
      pooledBackends,
      (url) => (url === 'ill' ? unhealthy(true) : UNPROVEN),
      0,
    );
    expect(groups.map((group) => group.map(({ id }) => id))).toEqual([['a'], ['b']]);
    expect([...byUrl.keys()].sort()).toEqual(['a', 'b', 'drains']);
  });

  it.each([
    [0, ['a']],
    [0.25, ['a']],
    [0.26, ['a', 'ill', 'out']],
  ])('with a panic ratio of %d and one of four well is %j', (panicRatio, expected) => {
    const pooledBackends = [pooled('a'), pooled('ill'), pooled('gone'), pooled('out')];
    pooledBackends[3]!.ejection = ejected(ADMITTED, 'x', 0, { ejectionMs: 1, maxEjectionMs: 1 });
    const healthOf = (url: string) => (url === 'ill' ? unhealthy(true) : url === 'gone' ? unhealthy(false) : UNPROVEN);
    expect(
      eligibleBackends(pooledBackends, healthOf, panicRatio)
        .groups.flat()
        .map(({ id }) => id),
    ).toEqual(expected);
  });
});

describe('the retry budget', () => {
  it('allows a part of the requests, and a few per second in any case', () => {
    let nowMs = 0;
    const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 2 }, () => nowMs);
    const spend = (): number => {
      let spent = 0;
      while (budget.withdraw()) spent += 1;
      return spent;
    };
    expect(spend()).toBe(2);
    for (let n = 0; n < 51; n++) budget.deposit();
    expect(spend()).toBe(10);
    nowMs = 500;
    expect(spend()).toBe(1);
    nowMs = 100_000;
    expect(spend()).toBe(2);
  });

  it('saves up no more than a hundred', () => {
    const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 0 }, () => 0);
    for (let n = 0; n < 10_000; n++) budget.deposit();
    let spent = 0;
    while (budget.withdraw()) spent += 1;
    expect(spent).toBe(100);
  });
});

describe('a slow start', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    [0, 0.1],
    [50, 0.1],
    [100, 0.1],
    [500, 0.5],
    [999, 0.999],
    [1_000, 1],
    [9_000, 1],
  ])('after %i of 1000 ms has %d of the weight', (elapsedMs, share) => {
    expect(slowStartShare(elapsedMs, 1_000)).toBe(share);
  });

  it('raises the weight step by step, follows a new weight, and ends', () => {
    const one = pooled('a', { weight: 10 });
    const sut = new SlowStart(1_000, () => Date.now());
    sut.begin(one);
    expect(one.weight).toBe(1);
    vi.advanceTimersByTime(500);
    expect(one.weight).toBe(5);
    one.backend = { ...one.backend, weight: 20 };
    sut.reweigh(one);
    expect(one.weight).toBe(10);
    vi.advanceTimersByTime(500);
    expect([one.weight, one.recoveredAtMs, vi.getTimerCount()]).toEqual([20, undefined, 0]);
  });

  it('is none at 0', () => {
    const one = pooled('a');
    new SlowStart(0, () => 0).begin(one);
    expect([one.weight, vi.getTimerCount()]).toEqual([1, 0]);
  });
});

describe('latencies', () => {
  it('jump to a peak and fade from it', () => {
    const ewma = new PeakEwma();
    ewma.observe(10, 0);
    ewma.observe(100, 1);
    expect(ewma.latencyMs).toBe(100);
    ewma.observe(10, 1);
    expect(ewma.latencyMs).toBe(100);
    ewma.observe(10, 10_001);
    expect(ewma.latencyMs).toBeCloseTo(10 + 90 / Math.E, 5);
  });

  it('fall into the bucket whose bound they reach', () => {
    const histogram = new DurationHistogram();
    for (const seconds of [0, 0.001, 0.0011, 300, 301]) histogram.observe(seconds);
    expect([histogram.counts[0], histogram.counts[1], histogram.counts.at(-2), histogram.counts.at(-1)]).toEqual([
      2, 1, 1, 1,
    ]);
    expect(histogram.sumSeconds).toBeCloseTo(601.0021);
  });
});

describe('the load board', () => {
  const load = (requests: number, sessions = 0) => ({ requests, sessions });

  it('adds up the newest report of each, and forgets who is silent', () => {
    const board = new LoadBoard();
    board.receive('one', { a: load(9) }, 0);
    board.receive('one', { a: load(1, 5) }, 100);
    board.receive('two', { a: load(2), b: load(3) }, 100);
    expect({ ...board.totals(2_100).loads }).toEqual({ a: load(3, 5), b: load(3) });
    expect({ ...board.totals(2_101).loads }).toEqual({});
  });

  it('counts the senders that are busy or wait, and keeps when the longest wait began', () => {
    const board = new LoadBoard();
    board.receive('idle', {}, 1_000);
    board.receive('busy', { a: load(1) }, 1_000);
    expect(board.totals(1_000)).toMatchObject({ senders: 1 });
    board.receive('waits', {}, 1_000, 300);
    board.receive('waits for longer', { a: load(1) }, 1_100, 500);
    expect(board.totals(1_200)).toMatchObject({ senders: 3, waitingSinceMs: 600 });
    expect(board.totals(3_050)).toMatchObject({ senders: 1, waitingSinceMs: 600 });
  });

  it('hears no more than ten thousand, and takes no name for more than a name', () => {
    const board = new LoadBoard();
    for (let n = 0; n < 10_050; n++) board.receive(`sender ${n}`, { a: load(1), __proto__: load(1) }, 0);
    expect(board.totals(0).loads.a).toEqual(load(10_000));
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});
