import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PooledBackend } from '../pool/pooled-backend.js';
import { ADMITTED, admitted, ejected, halfOpened, type Ejection } from './ejection.js';
import { afterRequest, emptyWindow } from './failure-window.js';
import { OutlierDetector, type OutlierOptions } from './outlier-detector.js';
import { DEFAULT_OUTLIER_RULES, whyOutlier, type OutlierFigures, type OutlierRules } from './outlier-rules.js';

const TIMES = { ejectionMs: 1_000, maxEjectionMs: 5_000 };
const GOOD: OutlierFigures = {
  errorsInARow: 0,
  window: { sinceMs: 0, requests: 20, errors: 0 },
  latencyMs: 10,
  medianLatencyMs: 10,
};

it.each<[string, Partial<OutlierFigures>, Partial<OutlierRules>, boolean]>([
  ['behaves', {}, {}, false],
  ['has one error in a row too few', { errorsInARow: 4 }, {}, false],
  ['has enough errors in a row', { errorsInARow: 5 }, {}, true],
  ['has errors in a row, and the rule is off', { errorsInARow: 500 }, { consecutiveErrors: 0 }, false],
  ['fails less than half', { window: { sinceMs: 0, requests: 20, errors: 9 } }, {}, false],
  ['fails half', { window: { sinceMs: 0, requests: 20, errors: 10 } }, {}, true],
  ['fails half of too few', { window: { sinceMs: 0, requests: 19, errors: 19 } }, {}, false],
  ['fails all, and the rule is off', { window: { sinceMs: 0, requests: 20, errors: 20 } }, { errorRatio: 0 }, false],
  ['is slow, and the rule is off', { latencyMs: 60_000 }, {}, false],
  ['is just not too slow', { latencyMs: 1_000 }, { latencyFactor: 5 }, false],
  ['is too slow', { latencyMs: 1_001 }, { latencyFactor: 5 }, true],
  ['is slow as the others are', { latencyMs: 4_000, medianLatencyMs: 1_000 }, { latencyFactor: 5 }, false],
  ['is slow among unknown others', { latencyMs: 60_000, medianLatencyMs: 0 }, { latencyFactor: 5 }, false],
])('a backend that %s', (_, conduct, rules, isOutlier) => {
  expect(whyOutlier({ ...GOOD, ...conduct }, { ...DEFAULT_OUTLIER_RULES, ...rules }) !== undefined).toBe(isOutlier);
});

it('a window begins anew when it is over', () => {
  const one = afterRequest(emptyWindow(0), true, 999, 1_000);
  expect(one).toEqual({ sinceMs: 0, requests: 1, errors: 1 });
  expect(afterRequest(one, false, 1_000, 1_000)).toEqual({ sinceMs: 1_000, requests: 1, errors: 0 });
});

describe('an ejection', () => {
  it('is twice as long each time, up to the longest', () => {
    const lengths: number[] = [];
    let ejection: Ejection = ADMITTED;
    for (let n = 0; n < 5; n++) {
      ejection = ejected(ejection, 'x', 0, TIMES);
      if (ejection.state === 'ejected') lengths.push(ejection.untilMs);
      ejection = admitted(halfOpened(ejection), 0);
    }
    expect(lengths).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it.each([
    [4_999, 2_000],
    [5_000, 1_000],
  ])('after %i ms of good conduct lasts %i ms', (goodMs, lengthMs) => {
    const before = admitted(halfOpened(ejected(ADMITTED, 'x', 0, TIMES)), 0);
    expect(ejected(before, 'x', goodMs, TIMES)).toMatchObject({ untilMs: goodMs + lengthMs });
  });
});

describe('the detector', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function newDetector(size: number, options: OutlierOptions = {}) {
    const pooledBackends = Array.from(
      { length: size },
      (_, n) => new PooledBackend({ url: `http://${n}`, weight: 1, priority: 0, isDraining: false }, 0),
    );
    const changes: string[] = [];
    const onChange = ({ id, ejection }: PooledBackend) => void changes.push(`${id.at(-1)} ${ejection.state}`);
    const sut = new OutlierDetector(
      { consecutiveErrors: 2, ...TIMES, ...options },
      { pooledBackends: () => pooledBackends, now: () => Date.now(), onChange },
    );
    const fail = (pooled: PooledBackend, times = 2): void => {
      for (let n = 0; n < times; n++) sut.report(pooled, true);
    };
    return { sut, pooledBackends, changes, fail };
  }

  it('ejects at the threshold, and not before; a success begins the count anew', () => {
    const { sut, pooledBackends, changes, fail } = newDetector(2);
    fail(pooledBackends[0]!, 1);
    sut.report(pooledBackends[0]!, false);
    fail(pooledBackends[0]!, 1);
    expect(changes).toEqual([]);
    fail(pooledBackends[0]!, 1);
    expect(changes).toEqual(['0 ejected']);
    expect(pooledBackends[0]!.ejections).toBe(1);
  });

  it.each([
    [1, 0],
    [2, 1],
    [3, 1],
    [4, 2],
    [5, 2],
  ])('of %i ejects %i at a time', (size, most) => {
    const { pooledBackends, fail } = newDetector(size);
    for (const pooled of pooledBackends) fail(pooled, 10);
    expect(pooledBackends.filter(({ ejection }) => ejection.state === 'ejected')).toHaveLength(most);
  });

  it('counts who is on trial among those that are out', () => {
    const { pooledBackends, fail } = newDetector(2);
    fail(pooledBackends[0]!);
    vi.advanceTimersByTime(1_000);
    fail(pooledBackends[1]!, 10);
    expect(pooledBackends.map(({ ejection }) => ejection.state)).toEqual(['half-open', 'admitted']);
  });

  it('lets the trial request decide, and no other', () => {
    const { sut, pooledBackends, changes, fail } = newDetector(2);
    const [pooled] = pooledBackends as [PooledBackend];
    fail(pooled);
    vi.advanceTimersByTime(1_000);
    fail(pooled, 10);
    sut.report(pooled, false);
    expect(pooled.ejection.state).toBe('half-open');
    sut.report(pooled, true, pooled.ejection);
    vi.advanceTimersByTime(1_999);
    expect(pooled.ejection.state).toBe('ejected');
    vi.advanceTimersByTime(1);
    sut.report(pooled, false, pooled.ejection);
    expect(changes).toEqual(['0 ejected', '0 half-open', '0 ejected', '0 half-open', '0 admitted']);
  });

  it('ejects the slow one among the fast', () => {
    const { sut, pooledBackends, changes } = newDetector(3, { latencyFactor: 5, minRequests: 1, minLatencyMs: 100 });
    pooledBackends.forEach((pooled, n) => pooled.latency.observe(n === 0 ? 600 : 100, 0));
    for (const pooled of pooledBackends) sut.report(pooled, false);
    expect(changes).toEqual(['0 ejected']);
  });

  it('resets who has proved otherwise, and forgets who has left', () => {
    const { sut, pooledBackends, changes, fail } = newDetector(4);
    fail(pooledBackends[0]!);
    fail(pooledBackends[1]!);
    sut.reset(pooledBackends[0]!);
    sut.forget(pooledBackends[1]!);
    expect([pooledBackends[0]!.ejection, vi.getTimerCount()]).toEqual([ADMITTED, 0]);
    expect(changes).toEqual(['0 ejected', '1 ejected']);
  });

  it('does nothing more when closed', () => {
    const { sut, pooledBackends, changes, fail } = newDetector(4);
    fail(pooledBackends[0]!);
    sut.close();
    fail(pooledBackends[1]!);
    vi.advanceTimersByTime(100_000);
    expect([changes, vi.getTimerCount()]).toEqual([['0 ejected'], 0]);
  });
});
