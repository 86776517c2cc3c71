import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CoarseClock } from './coarse-clock.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

it.each([0, 1, 50, 99, 100])('meets a deadline no earlier, and at most 200 ms later, %i ms after a tick', (afterMs) => {
  const clock = new CoarseClock();
  const onTick = vi.fn();
  clock.add({ onTick });
  vi.advanceTimersByTime(1_000 + afterMs);
  const atMs = performance.now();
  const deadlineMs = clock.deadlineIn(250);
  onTick.mockClear();
  for (let passed = false; !passed; passed = (onTick.mock.lastCall?.[0] ?? 0) >= deadlineMs) vi.advanceTimersByTime(1);
  expect(performance.now() - atMs).toBeGreaterThanOrEqual(250);
  expect(performance.now() - atMs).toBeLessThanOrEqual(450);
});

it('moves by one timer, however many are timed by it, and stops with the last of them', () => {
  const clock = new CoarseClock();
  const timed = [{ onTick: vi.fn() }, { onTick: vi.fn() }] as const;
  timed.forEach((one) => clock.add(one));
  clock.add(timed[0]);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(100);
  expect(timed.map(({ onTick }) => onTick.mock.calls.length)).toEqual([1, 1]);
  clock.delete(timed[0]);
  vi.advanceTimersByTime(100);
  expect(timed.map(({ onTick }) => onTick.mock.calls.length)).toEqual([1, 2]);
  clock.delete(timed[1]);
  clock.delete(timed[1]);
  expect(vi.getTimerCount()).toBe(0);
});

it('has the time of the system while nothing is timed by it', () => {
  const clock = new CoarseClock();
  vi.advanceTimersByTime(70);
  expect(clock.nowMs).toBe(performance.now());
});
