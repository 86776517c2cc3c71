import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NO_ROOM, NONE_HEALTHY, OVER_SHARE, type PickResult } from './pick-result.js';
import { WaitQueue, type Waiter } from './wait-queue.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pickedOf = (place?: number): PickResult<number> =>
  place === undefined ? NO_ROOM : { type: 'picked', lease: place };

/** A queue for numbered places, and what became of who waited. */
function newQueue({ maxLength = 10, timeoutMs = 100 } = {}) {
  const queue = new WaitQueue<number>({ maxLength, timeoutMs });
  const published: string[] = [];
  const places: number[] = [];
  const join = (name: string, waiter: Partial<Waiter<number>> = {}) =>
    queue.join({
      client: '',
      sinceMs: Date.now(),
      attempt: () => pickedOf(places.shift()),
      isParticular: false,
      onServed: (place) => void published.push(`${name} ${place}`),
      onRefused: (why) => void published.push(`${name} ${why instanceof Error ? why.message : why}`),
      ...waiter,
    });
  const free = (...numbers: number[]): void => {
    places.push(...numbers);
    queue.wake();
  };
  return { queue, published, join, free };
}

describe('the queue', () => {
  it('serves in the order of coming, as many as there are places', () => {
    const { queue, published, join, free } = newQueue();
    ['a', 'b', 'c'].forEach((name) => join(name));
    free(1, 2);
    expect([published, queue.length]).toEqual([['a 1', 'b 2'], 1]);
  });

  it('refuses at once when it is full', () => {
    const { published, join } = newQueue({ maxLength: 1 });
    join('a');
    join('b');
    expect(published).toEqual(['b queue is full']);
  });

  it('refuses who has waited too long, each by its own time', () => {
    const { queue, published, join } = newQueue();
    join('a');
    vi.advanceTimersByTime(60);
    join('b');
    vi.advanceTimersByTime(40);
    expect([published, queue.length]).toEqual([['a wait was too long'], 1]);
  });

  it('lets who leaves be neither served nor refused', () => {
    const { published, join, free } = newQueue();
    const leave = join('a');
    join('b');
    leave();
    leave();
    free(1);
    vi.advanceTimersByTime(1_000);
    expect(published).toEqual(['b 1']);
  });

  it('passes over the particular, and asks no plain one after a plain one was not served', () => {
    const { published, join, free } = newQueue();
    join('p', { isParticular: true, attempt: () => NO_ROOM });
    const plain = vi.fn(() => NO_ROOM);
    join('a', { attempt: plain });
    join('b', { attempt: plain });
    join('q', { isParticular: true });
    free(1);
    expect(published).toEqual(['q 1']);
    expect(plain).toHaveBeenCalledOnce();
  });

  it('refuses whose attempt can never succeed, and goes on with the next', () => {
    const { published, join, free } = newQueue();
    join('a', { attempt: () => NONE_HEALTHY });
    join('b');
    free(1);
    expect(published).toEqual(['a none-healthy', 'b 1']);
  });

  it('serves who is served once, whatever it does then: give back, wake, join again, leave for another', () => {
    const { queue, published, join, free } = newQueue();
    let rounds = 0;
    const leaveB: (() => void)[] = [];
    const again = (place: number): void => {
      published.push(`a ${place}`);
      leaveB.forEach((leave) => leave());
      if (++rounds < 3) {
        join('a', { onServed: again });
        free(place);
      }
    };
    join('a', { onServed: again });
    leaveB.push(join('b'));
    free(1);
    expect([published, queue.length]).toEqual([['a 1', 'a 1', 'a 1'], 0]);
  });

  it('lets a failure of who was served pass to who woke it', () => {
    const { queue, join, free } = newQueue();
    join('a', {
      onServed: () => {
        throw new Error('a fault');
      },
    });
    expect(() => free(1)).toThrow('a fault');
    expect(queue.length).toBe(0);
  });

  it('refuses everybody when it closes, and leaves no timer', () => {
    const { queue, published, join } = newQueue();
    join('a');
    join('b');
    queue.close(new Error('closing'));
    expect([published, vi.getTimerCount()]).toEqual([['a closing', 'b closing'], 0]);
  });
});

describe('clients of the queue', () => {
  /** Joins `a` as a1, a2, … of client a. */
  const joinAll = ({ join }: ReturnType<typeof newQueue>, names: string) =>
    names.split(' ').forEach((name) => join(name, { client: name[0]! }));

  it.each([
    ['take turns', 'a1 a2 a3 b1 c1', 'a1 b1 c1 a2 a3'],
    ['keep the order of arrival within a client', 'a1 b1 b2 b3 a2', 'a1 b1 a2 b2 b3'],
    ['are one line where there is one client', 'a1 a2 a3', 'a1 a2 a3'],
  ])('%s: %s is served as %s', (_, arrivals, served) => {
    const bench = newQueue();
    joinAll(bench, arrivals);
    arrivals.split(' ').forEach((__, place) => bench.free(place));
    expect(bench.published.map((line) => line.split(' ')[0])).toEqual(served.split(' '));
  });

  it.each([
    [
      'a client with fewer waiters displaces the newest of the client with the most',
      'a1 a2 a3 a4 b1',
      'a4',
      'a1 b1 a2 a3',
    ],
    ['until both have as many', 'a1 a2 a3 a4 b1 b2 b3', 'a4 a3 b3', 'a1 b1 a2 b2'],
    ['never one that has as few itself', 'a1 b1 c1 d1 e1', 'e1', 'a1 b1 c1 d1'],
    ['nor one of its own', 'a1 a2 a3 a4 a5', 'a5', 'a1 a2 a3 a4'],
  ])('when the queue is full, %s: %s', (_, arrivals, refused, served) => {
    const bench = newQueue({ maxLength: 4 });
    joinAll(bench, arrivals);
    expect(bench.published).toEqual(refused.split(' ').map((name) => `${name} queue is full`));
    bench.published.length = 0;
    for (let place = 1; place <= 4; place++) bench.free(place);
    expect(bench.published.map((line) => line.split(' ')[0])).toEqual(served.split(' '));
  });

  it('that have their share are passed over; the others are not', () => {
    const { published, join, free } = newQueue();
    const greedy = vi.fn(() => OVER_SHARE);
    for (const name of ['a1', 'a2', 'a3']) join(name, { client: 'a', attempt: greedy });
    join('b1', { client: 'b' });
    free(7);
    expect(published).toEqual(['b1 7']);
    expect(greedy).toHaveBeenCalledOnce();
  });

  it('of whom none gets a place are asked once a wake, however many they are', () => {
    const { join, free } = newQueue({ maxLength: 100 });
    const attempt = vi.fn(() => NO_ROOM);
    for (let n = 0; n < 100; n++) join(`${n}`, { client: `${n}`, attempt });
    free();
    expect(attempt).toHaveBeenCalledOnce();
  });
});
