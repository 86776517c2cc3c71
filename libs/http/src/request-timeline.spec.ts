import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RequestTimeline } from './request-timeline.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

it('gives every millisecond to one stage, a failed try included', () => {
  const timeline = new RequestTimeline();
  const spend = (ms: number) => vi.advanceTimersByTime(ms);
  spend(5);
  timeline.enter('queue');
  spend(100);
  timeline.sentTo('http://a');
  spend(20);
  timeline.sentTo('http://b');
  timeline.enter('connect');
  spend(7);
  timeline.enter('firstByte');
  spend(30);
  timeline.enter('body');
  spend(3);
  timeline.enter('client');
  spend(11);
  const nowMs = performance.now();
  const times = timeline.timesAt(nowMs);
  expect(times).toEqual({ request: 5, queue: 100, connect: 7, firstByte: 50, body: 3, client: 11 });
  expect(Object.values(times).reduce((a, b) => a + b)).toBe(nowMs - timeline.startedAtMs);
  expect(timeline).toMatchObject({ tries: 2, backend: 'http://b' });
});
