import { expect, it, onTestFinished, vi } from 'vitest';
import { Sweeper } from './sweeper.js';

function started(sweep: (ending: AbortSignal) => Promise<void>) {
  const logger = { debug: vi.fn() };
  const sweeper = new Sweeper({ intervalMs: 1, sweep, logger });
  onTestFinished(() => sweeper.stop());
  sweeper.start();
  return { sweeper, logger };
}

it('makes one round after another, also after one that failed', async () => {
  let rounds = 0;
  const { logger } = started(async () => {
    if (++rounds === 2) throw new Error('the database is away');
  });
  await vi.waitFor(() => expect(rounds).toBeGreaterThan(3));
  expect(logger.debug.mock.calls).toEqual([[{ reason: 'the database is away' }, expect.any(String)]]);
});

it('never makes two rounds at once', async () => {
  let rounds = 0;
  let underWay = 0;
  let most = 0;
  started(async () => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, 5));
    underWay--;
    rounds++;
  });
  await vi.waitFor(() => expect(rounds).toBeGreaterThan(3));
  expect(most).toBe(1);
});

it('tells the round that it is to end, waits for it, and makes no other', async () => {
  let rounds = 0;
  let isOver = false;
  const begun = Promise.withResolvers<void>();
  const { sweeper } = started(async (ending) => {
    rounds++;
    begun.resolve();
    await new Promise((resolve) => ending.addEventListener('abort', resolve));
    isOver = true;
  });
  await begun.promise;
  await sweeper.stop();
  expect(isOver).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(rounds).toBe(1);
});

it('makes no round once it was stopped', async () => {
  const sweep = vi.fn(async () => undefined);
  const { sweeper } = started(sweep);
  await sweeper.stop();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sweep).not.toHaveBeenCalled();
});
