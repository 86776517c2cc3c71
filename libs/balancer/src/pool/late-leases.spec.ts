import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LoadBalancer } from './load-balancer.js';
import type { LoadBalancerOptions } from './load-balancer-options.js';

const A = 'http://a';
const B = 'http://b';

function newBalancer(options: Partial<LoadBalancerOptions> = {}) {
  const logger = { info: vi.fn(), warn: vi.fn() };
  const outliers = { consecutiveErrors: 1, ejectionMs: 1_000 };
  const balancer = new LoadBalancer({
    name: 'web',
    backends: [{ url: A }, { url: B }],
    outliers,
    logger,
    now: () => Date.now(),
    ...options,
  });
  const pick = (url: string) => balancer.pick({ accepts: (backend) => backend.url === url });
  const stateOf = (url: string) => balancer.backends().find((backend) => backend.url === url)?.state;
  return { balancer, logger, pick, stateOf };
}

describe('leases that outlive what they were taken under', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['broke off', (lease: ReturnType<LoadBalancer['pick']>) => lease.release('failed')],
    ['were answered badly', (lease: ReturnType<LoadBalancer['pick']>) => lease.answered(500)],
  ])('do not eject a backend that has left when they %s, and leave no timer', (_, end) => {
    const { balancer, logger, pick } = newBalancer();
    const lease = pick(A);
    balancer.setBackends([{ url: B }, { url: 'http://c' }]); // of two, one may be ejected
    end(lease);
    expect(logger.warn).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('do not take out a newer backend with the same URL, nor touch its counts', async () => {
    const { balancer, pick, stateOf } = newBalancer({ healthCheck: { probe: async () => {} } });
    const lease = pick(A);
    balancer.setBackends([{ url: B }]);
    balancer.setBackends([{ url: A }, { url: B }]);
    lease.release('unreachable');
    expect(stateOf(A)).toBe('unproven');
    expect(balancer.backends().find(({ url }) => url === A)?.own.requests).toBe(0);
    await balancer.close();
  });

  it('do not keep a backend from its trial, which takes one request at a time', () => {
    const { pick, stateOf } = newBalancer();
    pick(A); // a stream that goes on and on
    pick(A).release('failed');
    expect(stateOf(A)).toBe('ejected');
    vi.advanceTimersByTime(1_000);
    expect(stateOf(A)).toBe('half-open');
    const abandoned = pick(A);
    expect(() => pick(A)).toThrow(expect.objectContaining({ context: { pool: 'web', why: 'queue is full' } }));
    abandoned.release();
    pick(A).answered(200);
    expect(stateOf(A)).toBe('unproven');
  });
});
