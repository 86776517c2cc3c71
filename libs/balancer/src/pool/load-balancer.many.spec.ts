import { describe, expect, it, vi } from 'vitest';
import type { StrategyName } from '../strategies/strategies.js';
import { LoadBalancer } from './load-balancer.js';
import type { Lease } from './lease.js';
import type { LoadBalancerOptions } from './load-balancer-options.js';

/** A pool that is too large to look at each backend for each request. */
function newBalancer(count: number, options: Partial<LoadBalancerOptions> = {}): LoadBalancer {
  return new LoadBalancer({
    name: 'web',
    backends: Array.from({ length: count }, (_, n) => ({ url: `http://backend-${n}` })),
    logger: { info: vi.fn(), warn: vi.fn() },
    ...options,
  });
}

const take = (balancer: LoadBalancer, count: number): Lease[] => Array.from({ length: count }, () => balancer.pick());
const requestsOf = (balancer: LoadBalancer): number[] => balancer.backends().map(({ own }) => own.requests);
const urlsOf = (leases: Lease[]): string[] => leases.map(({ backend }) => backend.url);

describe('a pool of 100 backends', () => {
  it('keeps its requests even while they come and go', () => {
    const balancer = newBalancer(100);
    const leases = take(balancer, 250);
    for (const lease of leases.splice(0, 120)) lease.release();
    take(balancer, 70);
    expect(new Set(requestsOf(balancer))).toEqual(new Set([2]));
  });

  it('counts what other processes have under way', () => {
    const balancer = newBalancer(100);
    balancer.pick().release(); // from now on there is an index
    const loads = Object.fromEntries(
      balancer.backends().map(({ url }, n) => [url, { requests: n < 10 ? 0 : 5, sessions: 0 }]),
    );
    balancer.setOthers({ loads, senders: 1 });
    expect(new Set(urlsOf(take(balancer, 50))).size).toBe(10);
    balancer.setOthers({ loads: {}, senders: 0 });
    expect(new Set(urlsOf(take(balancer, 90))).size).toBe(90);
  });

  it('fills every place that it has, and no more', () => {
    const balancer = newBalancer(100, { maxConnections: 3 });
    const leases = Array.from({ length: 300 }, (_, n) => balancer.pick({ client: `client ${n}` }));
    expect(balancer.tryPick()).toEqual({ type: 'no-room' });
    leases[17]!.release();
    expect(balancer.pick().backend.url).toBe(leases[17]!.backend.url);
    expect(balancer.tryPick()).toEqual({ type: 'no-room' });
  });

  it('goes on with the turns when a backend leaves, and does not begin with the first again', () => {
    const balancer = newBalancer(100);
    const turn = (): string => {
      const lease = balancer.pick();
      lease.release();
      return lease.backend.url;
    };
    const before = Array.from({ length: 50 }, turn);
    balancer.setBackends(balancer.backends().slice(0, 99));
    const after = Array.from({ length: 49 }, turn);
    expect(new Set([...before, ...after]).size).toBe(99);
  });

  it('passes over one that could not be reached, by an index made anew', () => {
    const balancer = newBalancer(100, { healthCheck: { probe: async () => {} } });
    const [lost] = take(balancer, 1) as [Lease];
    lost.release('unreachable');
    expect(urlsOf(take(balancer, 200))).not.toContain(lost.backend.url);
  });

  it('gives a backend that starts slowly less, and its whole share in the end', () => {
    vi.useFakeTimers();
    try {
      const options = {
        slowStartMs: 10_000,
        outliers: { consecutiveErrors: 1, ejectionMs: 1_000 },
        now: () => Date.now(),
      };
      const balancer = newBalancer(50, options);
      const lease = balancer.pick();
      lease.answered(500);
      lease.release();
      vi.advanceTimersByTime(1_000); // it may have one trial
      const halfOpen = balancer.pick({ stickTo: lease.backend.url });
      halfOpen.answered(200);
      halfOpen.release();
      const share = (): number => {
        const leases = take(balancer, 1_000);
        const count = urlsOf(leases).filter((url) => url === lease.backend.url).length;
        for (const one of leases) one.release();
        return count;
      };
      expect(share()).toBeLessThan(5);
      vi.advanceTimersByTime(5_000);
      expect(Math.abs(share() - 10)).toBeLessThanOrEqual(1);
      vi.advanceTimersByTime(5_000);
      expect(share()).toBe(20);
    } finally {
      vi.useRealTimers();
    }
  });
});

it.each<[StrategyName, number]>([
  ['least_connections', 10],
  ['round_robin', 10],
  ['consistent_hash', 13], // 1.25 times the average
  ['p2c_ewma', 30], // the best of two random ones
])('%s gives none of 100 backends more than %d of 1,000 requests', (strategy, most) => {
  const balancer = newBalancer(100, { strategy });
  const leases = Array.from({ length: 1_000 }, (_, n) => balancer.pick({ key: `key ${n}` }));
  expect(Math.max(...requestsOf(balancer))).toBeLessThanOrEqual(most);
  for (const lease of leases) lease.release();
  expect(requestsOf(balancer)).toEqual(requestsOf(balancer).map(() => 0));
});
