import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RecentAnswers, WINDOW_MINUTES } from './recent-answers.js';

let recent: RecentAnswers;
beforeEach(() => {
  vi.useFakeTimers();
  recent = new RecentAnswers();
});
afterEach(() => {
  recent.close();
  vi.useRealTimers();
});

it('counts answers and hits by rule', () => {
  for (const outcome of ['hit', 'stale', 'revalidated', 'collapsed', 'miss', 'unstored'] as const)
    recent.answered(outcome, '/static/**');
  recent.answered('miss');
  expect(recent.byRule).toEqual({ '/static/**': { answers: 6, hits: 4 }, none: { answers: 1, hits: 0 } });
});

it('does not count requests that no stored answer may serve', () => {
  recent.answered('bypassed', '/api/**');
  recent.answered('refused');
  expect(recent.byRule).toEqual({});
});

it('adds the minutes of the window, and drops older ones', () => {
  recent.answered('hit', '/old');
  for (let minute = 1; minute < WINDOW_MINUTES; minute++) {
    vi.advanceTimersByTime(60_000);
    recent.answered('miss', '/new');
  }
  expect(recent.byRule).toEqual({
    '/old': { answers: 1, hits: 1 },
    '/new': { answers: WINDOW_MINUTES - 1, hits: 0 },
  });
  vi.advanceTimersByTime(60_000);
  expect(Object.keys(recent.byRule)).toEqual(['/new']);
  vi.advanceTimersByTime(WINDOW_MINUTES * 60_000);
  expect(recent.byRule).toEqual({});
});
