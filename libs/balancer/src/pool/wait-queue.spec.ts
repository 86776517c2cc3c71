import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WaitQueue, type Waiter } from './wait-queue.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A queue for numbered places, and what became of who waited. */
function newQueue({ maxLength = 10, timeoutMs = 100 } = {}) {
  const queue = new WaitQueue<number>({ maxLength, timeoutMs });
  const told: string[] = [];
  const places: number[] = [];
  const join = (name: string, waiter: Partial<Waiter<number>> = {}) =>
    queue.join({
      attempt: () => places.shift(),
      isParticular: false,
      onServed: (place) => void told.push(`${name} ${place}`),
      onRefused: (why) => void told.push(`${name} ${why instanceof Error ? why.message : why}`),
      ...waiter,
    });
  const free = (...numbers: number[]): void => {
    places.push(...numbers);
    queue.wake();
  };
  return { queue, told, join, free };
}

describe('the queue', () => {
  it('serves in the order of coming, as many as there are places', () => {
    const { queue, told, join, free } = newQueue();
    ['a', 'b', 'c'].forEach((name) => join(name));
    free(1, 2);
    expect([told, queue.length]).toEqual([['a 1', 'b 2'], 1]);
  });

  it('refuses at once when it is full', () => {
    const { told, join } = newQueue({ maxLength: 1 });
    join('a');
    join('b');
    expect(told).toEqual(['b queue is full']);
  });

  it('refuses who has waited too long, each by its own time', () => {
    const { queue, told, join } = newQueue();
    join('a');
    vi.advanceTimersByTime(60);
    join('b');
    vi.advanceTimersByTime(40);
    expect([told, queue.length]).toEqual([['a wait was too long'], 1]);
  });

  it('lets who leaves be neither served nor refused', () => {
    const { told, join, free } = newQueue();
    const leave = join('a');
    join('b');
    leave();
    leave();
    free(1);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(['b 1']);
  });

  it('passes over the particular, and asks no plain one after a plain one was not served', () => {
    const { told, join, free } = newQueue();
    join('p', { isParticular: true, attempt: () => undefined });
    const plain = vi.fn(() => undefined);
    join('a', { attempt: plain });
    join('b', { attempt: plain });
    join('q', { isParticular: true });
    free(1);
    expect(told).toEqual(['q 1']);
    expect(plain).toHaveBeenCalledOnce();
  });

  it('refuses whose attempt can never succeed, and goes on with the next', () => {
    const { told, join, free } = newQueue();
    join('a', { attempt: () => { throw new Error('nobody is well'); } });
    join('b');
    free(1);
    expect(told).toEqual(['a nobody is well', 'b 1']);
  });

  it('serves who is served once, whatever it does then: give back, wake, join again, leave for another', () => {
    const { queue, told, join, free } = newQueue();
    let rounds = 0;
    const leaveB: (() => void)[] = [];
    const again = (place: number): void => {
      told.push(`a ${place}`);
      leaveB.forEach((leave) => leave());
      if (++rounds < 3) {
        join('a', { onServed: again });
        free(place);
      }
    };
    join('a', { onServed: again });
    leaveB.push(join('b'));
    free(1);
    expect([told, queue.length]).toEqual([['a 1', 'a 1', 'a 1'], 0]);
  });

  it('lets a failure of who was served pass to who woke it', () => {
    const { queue, join, free } = newQueue();
    join('a', { onServed: () => { throw new Error('a fault'); } });
    expect(() => free(1)).toThrow('a fault');
    expect(queue.length).toBe(0);
  });

  it('refuses everybody when it closes, and leaves no timer', () => {
    const { queue, told, join } = newQueue();
    join('a');
    join('b');
    queue.close(new Error('closing'));
    expect([told, vi.getTimerCount()]).toEqual([['a closing', 'b closing'], 0]);
  });
});
