import { expect, it, vi } from 'vitest';
import { ownDatabase } from './testing/index.js';

const HOUR_MS = 3_600_000;

/** What a process opens whose wall clock is ahead by an hour. */
function ofProcessWithWrongTime<T>(open: () => T): T {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS });
  const opened = open();
  vi.useRealTimers();
  return opened;
}

const wrong = ofProcessWithWrongTime(() => ownDatabase('clock_wrong'));

it('a process whose wall clock is wrong has the time of the database, and follows it', async () => {
  const differsMs = () => Math.abs(wrong.clock.now() - Date.now());
  expect(differsMs()).toBeLessThan(HOUR_MS / 2);
  wrong.clock.report(new Date(Date.now() - HOUR_MS));
  await vi.waitFor(() => expect(differsMs()).toBeLessThan(HOUR_MS / 2), { timeout: 20_000 });
});
