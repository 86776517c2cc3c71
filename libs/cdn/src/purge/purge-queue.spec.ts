import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EdgePurge, PurgeDriver, PurgeResult } from './purge-driver.port.js';
import { PurgeQueue, type PurgeQueueOptions } from './purge-queue.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DONE: PurgeResult = { type: 'done' };
const later = (retryAfterMs?: number): PurgeResult => ({ type: 'later', reason: 'answered 429', retryAfterMs });
const urls = (...items: string[]): EdgePurge => ({ type: 'urls', items });
const tags = (...items: string[]): EdgePurge => ({ type: 'tags', items });
const EVERYTHING: EdgePurge = { type: 'everything' };

/** @param results of the calls, in their order; then all succeed */
function start(results: (PurgeResult | Promise<PurgeResult>)[] = [], options: Partial<PurgeQueueOptions> = {}) {
  const calls: [EdgePurge, boolean][] = [];
  const driver: PurgeDriver = {
    name: 'fake',
    maxItems: { urls: 2, tags: 30, prefixes: 0 },
    async purge(purge, isSoft) {
      calls.push([purge, isSoft]);
      return results.shift() ?? DONE;
    },
  };
  const lines: string[] = [];
  const log = (_: object, text: string): void => void lines.push(text);
  const logger = { info: log, warn: log };
  const clock = () => Date.now();
  const queue = new PurgeQueue({ driver, maxPending: 10, logger, clock, ...options });
  return { queue, calls, lines, purges: () => calls.map(([purge]) => purge) };
}

describe('a queue of purges', () => {
  it('gathers them into calls, each item once', async () => {
    const { queue, purges } = start();
    queue.add(urls('a'), false);
    queue.add(urls('b', 'a', 'c'), false);
    queue.add(tags('t'), false);
    expect(purges()).toEqual([]);
    await vi.runAllTimersAsync();
    expect(purges()).toEqual([urls('a', 'b'), urls('c'), tags('t')]);
    expect(queue.status).toEqual({ pending: 0, oldestMs: undefined, calls: { done: 3, later: 0, rejected: 0 } });
  });

  it('sends soft and hard ones apart; of the same item the hard one counts', async () => {
    const { queue, calls } = start();
    queue.add(urls('a'), true);
    queue.add(urls('b'), true);
    queue.add(urls('b'), false);
    await vi.runAllTimersAsync();
    expect(calls).toEqual([
      [urls('a'), true],
      [urls('b'), false],
    ]);
  });

  it('purges everything in place of the rest, and of what the network can not purge', async () => {
    const { queue, calls } = start();
    queue.add(urls('a'), true);
    queue.add({ type: 'prefixes', items: ['/static/'] }, true);
    queue.add(tags('t'), true);
    await vi.runAllTimersAsync();
    queue.add(EVERYTHING, true);
    queue.add(urls('a'), false);
    await vi.runAllTimersAsync();
    expect(calls).toEqual([
      [EVERYTHING, true],
      [EVERYTHING, false],
    ]);
  });

  it('is bounded: with too many items it purges everything', async () => {
    const { queue, calls } = start();
    for (let i = 0; i < 10_000; i++) queue.add(urls(`/${i}`), i !== 3);
    expect(queue.status.pending).toBe(1);
    await vi.runAllTimersAsync();
    expect(calls).toEqual([[EVERYTHING, false]]);
  });

  it('waits as long as the network asks for', async () => {
    const { queue, purges, lines } = start([later(90_000)]);
    queue.add(urls('a'), false);
    await vi.advanceTimersByTimeAsync(100);
    expect(queue.status).toMatchObject({ pending: 1, lastFailure: 'answered 429', calls: { later: 1 } });
    queue.add(urls('b'), false); // it waits, too
    await vi.advanceTimersByTimeAsync(89_999);
    expect(purges()).toEqual([urls('a')]);
    expect(queue.status.oldestMs).toBe(90_099);
    await vi.advanceTimersByTimeAsync(1);
    expect(purges()).toEqual([urls('a'), urls('a', 'b')]);
    expect(queue.status).toMatchObject({ pending: 0, lastFailure: undefined });
    expect(lines).toEqual([expect.stringContaining('did not accept a purge'), expect.stringContaining('again')]);
  });

  it('repeats a call with growing pauses, for as long as it fails', async () => {
    const { queue, calls, lines } = start(Array.from({ length: 20 }, () => later()));
    queue.add(EVERYTHING, false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.length).toBeLessThan(5);
    await vi.runAllTimersAsync();
    expect(calls).toHaveLength(21);
    expect(lines).toHaveLength(2);
  });

  it('goes on behind a call that is refused for good', async () => {
    const { queue, purges, lines } = start([{ type: 'rejected', reason: 'answered 400' }]);
    queue.add(urls('a', 'b', 'c'), false);
    await vi.runAllTimersAsync();
    expect(purges()).toEqual([urls('a', 'b'), urls('c')]);
    expect(queue.status.calls).toEqual({ done: 1, later: 0, rejected: 1 });
    expect(lines[0]).toContain('rejected');
  });

  it('purges an item again that is added while its call is on its way', async () => {
    const first = Promise.withResolvers<PurgeResult>();
    const { queue, purges } = start([first.promise]);
    queue.add(urls('a'), false);
    await vi.advanceTimersByTimeAsync(100);
    queue.add(urls('a'), false); // the network may have stored the old answer again meanwhile
    expect(queue.status.pending).toBe(2);
    first.resolve(DONE);
    await vi.runAllTimersAsync();
    expect(purges()).toEqual([urls('a'), urls('a')]);
  });

  it('sends what is pending when it is closed, without the pause', async () => {
    const { queue, purges, lines } = start([later(90_000)]);
    queue.add(urls('a', 'b', 'c'), false);
    await vi.advanceTimersByTimeAsync(100);
    const closed = queue.close(5_000);
    await vi.advanceTimersByTimeAsync(10);
    await closed;
    expect(purges().slice(1)).toEqual([urls('c', 'a'), urls('b')]);
    queue.add(urls('d'), false);
    expect(queue.status.pending).toBe(0);
    expect(lines).not.toContainEqual(expect.stringContaining('by hand'));
  });

  it('does not wait for a network that hangs when it is closed', async () => {
    const { queue, lines } = start([new Promise(() => {})]);
    queue.add(urls('a'), false);
    await vi.advanceTimersByTimeAsync(100);
    const closed = queue.close(5_000);
    await vi.advanceTimersByTimeAsync(5_000);
    await closed;
    expect(lines).toEqual([expect.stringContaining('purge the CDN by hand')]);
  });
});
