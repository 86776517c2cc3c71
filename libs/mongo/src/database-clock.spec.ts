import { expect, it } from 'vitest';
import { DatabaseClock } from './database-clock.js';

const HOUR_MS = 3_600_000;
const START_MS = 1_700_000_000_000;

/** A clock whose database showed `START_MS` when `steady` was 0. */
function sut() {
  let steadyMs = 0;
  const clock = new DatabaseClock(() => steadyMs);
  clock.report(new Date(START_MS));
  /**
   * What both times are, counted from the start, after `ms`; the database's clock was ahead of that by `jumpMs` all
   * along, and was read or not.
   */
  const after = (ms: number, jumpMs?: number) => {
    steadyMs += ms;
    if (jumpMs !== undefined) clock.report(new Date(START_MS + steadyMs + jumpMs));
    return { stored: clock.now() - START_MS - steadyMs, judged: clock.settledNow() - START_MS - steadyMs };
  };
  return after;
}

it.each([-2 * HOUR_MS, HOUR_MS])(
  'takes the first time that the database shows at once: %i ms from its own',
  (aheadMs) => {
    const clock = new DatabaseClock(() => 0);
    clock.report(new Date(START_MS + aheadMs));
    expect([clock.now(), clock.settledNow()]).toEqual([START_MS + aheadMs, START_MS + aheadMs]);
  },
);

it('goes on between heartbeats by the monotonic clock', () => {
  const after = sut();
  expect(after(60_000)).toEqual({ stored: 0, judged: 0 });
});

it('follows a clock that is set back at once, in both times', () => {
  const after = sut();
  expect(after(2_000, -HOUR_MS)).toEqual({ stored: -HOUR_MS, judged: -HOUR_MS });
});

it('stores by a clock that is set forward at once, and judges by it after 15 s', () => {
  const after = sut();
  expect(after(2_000, HOUR_MS)).toEqual({ stored: HOUR_MS, judged: 0 });
  expect(after(14_999, HOUR_MS)).toEqual({ stored: HOUR_MS, judged: 0 });
  expect(after(1, HOUR_MS)).toEqual({ stored: HOUR_MS, judged: HOUR_MS });
});

it('judges by a clock that was set forward and back again by the time that it shows now', () => {
  const after = sut();
  after(2_000, HOUR_MS);
  expect(after(2_000, -1_000)).toEqual({ stored: -1_000, judged: -1_000 });
});

it.each([-900, 900])('follows drift and heartbeats that come late: %i ms', (driftMs) => {
  expect(sut()(2_000, driftMs)).toEqual({ stored: driftMs, judged: driftMs });
});
