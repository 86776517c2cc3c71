import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BackendOptions } from '../backend.js';
import { LoadBalancer } from './load-balancer.js';
import type { LoadBalancerOptions } from './load-balancer-options.js';

const [A, B, C] = ['http://a', 'http://b', 'http://c'];

function newBalancer(backends: BackendOptions[], options: Partial<LoadBalancerOptions> = {}) {
  const probe = vi.fn(async () => {});
  const balancer = new LoadBalancer({
    name: 'web',
    backends,
    healthCheck: { probe, random: () => 0 },
    logger: { info: vi.fn(), warn: vi.fn() },
    now: () => Date.now(),
    ...options,
  });
  const picked = (times: number, pick = {}) => Array.from({ length: times }, () => balancer.pick(pick).backend.url);
  return { balancer, probe, picked };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('priorities', () => {
  it('use a lower group only while the higher one has nobody well, and go back to it', async () => {
    const { balancer, picked } = newBalancer([{ url: A }, { url: B, priority: 1 }]);
    balancer.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(picked(2)).toEqual([A, A]);
    balancer.pick().release('unreachable');
    expect(picked(2)).toEqual([B, B]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(picked(1)).toEqual([A]);
    await balancer.close();
  });

  it('use it too while the higher one has no room', () => {
    const { balancer, picked } = newBalancer([{ url: A }, { url: B, priority: 1 }], { maxConnections: 1 });
    expect(picked(2)).toEqual([A, B]);
    expect(balancer.tryPick()).toEqual({ type: 'no-room' });
  });
});

describe('limits', () => {
  it("count what others have under way, and wait for the others' requests to end too", () => {
    const { balancer } = newBalancer([{ url: A }], { maxConnections: 2 });
    balancer.setOthers({ loads: { [A]: { requests: 2, sessions: 0 } }, senders: 1 });
    const served = vi.fn();
    expect(balancer.tryPick()).toEqual({ type: 'no-room' });
    balancer.wait({}, served, vi.fn());
    balancer.setOthers({ loads: {}, senders: 0 });
    expect([served.mock.calls.length, balancer.queueLength, balancer.queueWaits.counts[0]]).toEqual([1, 0, 1]);
  });

  it('are none for WebSockets, which are shared out among themselves', () => {
    const { balancer, picked } = newBalancer([{ url: A }, { url: B }], { maxConnections: 1 });
    expect(new Set(picked(2, { isSession: true }))).toEqual(new Set([A, B]));
    balancer.setOthers({ loads: { [A]: { requests: 0, sessions: 10 } }, senders: 1 });
    expect(picked(3, { isSession: true })).toEqual([B, B, B]);
    expect(new Set(picked(2))).toEqual(new Set([A, B]));
    expect(balancer.loads()).toEqual({ [A]: { requests: 1, sessions: 1 }, [B]: { requests: 1, sessions: 4 } });
  });

  it('refuse at once who waits for a pool that has nobody well any more', () => {
    const { balancer, picked } = newBalancer([{ url: A }], { maxConnections: 1 });
    picked(1);
    const refused = vi.fn();
    balancer.wait({}, vi.fn(), refused);
    balancer.setBackends([]);
    expect(refused).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'no_healthy_backends' }));
  });

  it('hold for who sticks to a backend, too: it waits for its own', () => {
    const { balancer, picked } = newBalancer([{ url: A }, { url: B }], { maxConnections: 1 });
    picked(1, { stickTo: A });
    expect(balancer.tryPick({ stickTo: A })).toEqual({ type: 'no-room' });
    expect(balancer.tryPick({ stickTo: C })).toMatchObject({ type: 'picked', lease: { backend: { url: B } } });
  });
});

describe('backends that come and go', () => {
  it('keep what is known of those that stay; requests at those that go end as usual', async () => {
    const { balancer, probe } = newBalancer([{ url: A }, { url: B }]);
    balancer.start();
    await vi.advanceTimersByTimeAsync(0);
    const leaseOfB = balancer.pick({ accepts: ({ url }) => url === B });
    balancer.pick({ accepts: ({ url }) => url === A });
    balancer.setBackends([{ url: A, weight: 5 }, { url: C }]);
    expect(balancer.backends()).toMatchObject([
      { url: A, weight: 5, state: 'healthy', own: { requests: 1 } },
      { url: C, state: 'unproven' },
    ]);
    await vi.advanceTimersByTimeAsync(0);
    expect([balancer.backends()[1]?.state, probe.mock.calls.length]).toEqual(['healthy', 3]);
    leaseOfB.release();
    await balancer.close();
  });

  it('are as they were when the new list is wrong', () => {
    const { balancer } = newBalancer([{ url: A }]);
    expect(() => balancer.setBackends([{ url: B }, { url: C, weight: -1 }])).toThrow(
      expect.objectContaining({ code: 'invalid_backend' }),
    );
    expect(balancer.backends().map(({ url }) => url)).toEqual([A]);
  });

  it('start slowly when they recover, and not when they are new', async () => {
    const { balancer } = newBalancer([{ url: A }, { url: B }], { slowStartMs: 10_000 });
    balancer.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(balancer.backends().map(({ state }) => state)).toEqual(['healthy', 'healthy']);
    balancer.pick({ accepts: ({ url }) => url === A }).release('unreachable');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(balancer.backends()[0]).toMatchObject({ state: 'recovering' });
    const urls = Array.from({ length: 20 }, () => {
      const lease = balancer.pick();
      lease.release();
      return lease.backend.url;
    });
    expect(urls.filter((url) => url === A).length).toBeLessThan(4);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(balancer.backends()[0]).toMatchObject({ state: 'healthy' });
    await balancer.close();
  });
});

it('counts answers by their class, and tries that ended without one', () => {
  const { balancer } = newBalancer([{ url: A }]);
  for (const status of [101, 200, 204, 302, 404, 500, 599]) {
    const lease = balancer.pick();
    lease.answered(status);
    lease.answered(status);
    lease.release();
  }
  balancer.pick().release('failed');
  balancer.countRetry(A);
  expect(balancer.backends()[0]).toMatchObject({
    answers: { '1xx': 1, '2xx': 2, '3xx': 1, '4xx': 1, '5xx': 2, none: 1 },
    retries: 1,
  });
  expect(
    balancer
      .latencies()
      .get(A)
      ?.counts.reduce((sum, count) => sum + count),
  ).toBe(7);
});
