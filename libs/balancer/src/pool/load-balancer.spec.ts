import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Backend } from '../backend.js';
import type { HealthCheckOptions } from '../health/health-checker.js';
import { LoadBalancer } from './load-balancer.js';
import { NoHealthyBackendsError } from './no-healthy-backends.error.js';

const A = 'http://a';
const B = 'http://b';

function newBalancer({
  backends = [{ url: A }, { url: B }],
  healthCheck,
}: { backends?: { url: string; weight?: number }[]; healthCheck?: Partial<HealthCheckOptions> } = {}) {
  const logger = { info: vi.fn(), warn: vi.fn() };
  const probe = vi.fn(async (_backend: Backend, _signal: AbortSignal) => {});
  const balancer = new LoadBalancer({
    name: 'web',
    backends,
    healthCheck: { probe, random: () => 0, ...healthCheck },
    logger,
  });
  return { balancer, probe, logger };
}

const states = (balancer: LoadBalancer): Record<string, string> =>
  Object.fromEntries(balancer.backends().map(({ url, state }) => [url, state]));
const pickedUrls = (balancer: LoadBalancer, times: number): string[] =>
  Array.from({ length: times }, () => balancer.pick().backend.url);

describe('LoadBalancer', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives each new request to the backend with the fewest, and counts until release', () => {
    const { balancer } = newBalancer();
    const [first, second] = [balancer.pick(), balancer.pick()];
    expect([first.backend.url, second.backend.url].sort()).toEqual([A, B]);
    second.release();
    second.release();
    expect(balancer.pick().backend.url).toBe(second.backend.url);
    expect(balancer.backends().map(({ own }) => own.requests)).toEqual([1, 1]);
  });

  it('picks only what the caller accepts, and says so when that is nothing', () => {
    const { balancer } = newBalancer();
    expect(balancer.pick({ accepts: ({ url }) => url === B }).backend.url).toBe(B);
    expect(() => balancer.pick({ accepts: () => false })).toThrow(NoHealthyBackendsError);
  });

  it('raises a retryable error when there is no backend', () => {
    const { balancer } = newBalancer({ backends: [] });
    expect(() => balancer.pick()).toThrow(
      expect.objectContaining({ code: 'no_healthy_backends', isRetryable: true, retryAfterSeconds: 2 }),
    );
  });

  it.each([
    ['a weight of 0', [{ url: A, weight: 0 }]],
    ['a negative weight', [{ url: A, weight: -1 }]],
    ['no number', [{ url: A, weight: Number.NaN }]],
    ['a URL twice', [{ url: A }, { url: A }]],
  ])('refuses %s', (_, backends) => {
    expect(() => newBalancer({ backends })).toThrow(expect.objectContaining({ code: 'invalid_backend' }));
  });

  it('trusts a backend until its first check, made at once, has failed', async () => {
    const { balancer, probe, logger } = newBalancer();
    probe.mockImplementation(async ({ url }) => {
      if (url === A) throw new Error('refused');
    });
    expect(states(balancer)).toEqual({ [A]: 'unproven', [B]: 'unproven' });
    balancer.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(states(balancer)).toEqual({ [A]: 'unhealthy', [B]: 'healthy' });
    expect(pickedUrls(balancer, 3)).toEqual([B, B, B]);
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ pool: 'web', backend: A, reason: 'refused', inUse: 1 }),
      expect.any(String),
    );
  });

  it('checks a stable backend once per interval, an unstable one sooner, until two checks pass', async () => {
    const { balancer, probe, logger } = newBalancer({ backends: [{ url: A }, { url: B }] });
    balancer.start();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(probe).toHaveBeenCalledTimes(2);
    probe.mockImplementation(async ({ url }) => {
      if (url === A) throw new Error('refused');
    });
    await vi.advanceTimersByTimeAsync(1);
    expect(states(balancer)).toEqual({ [A]: 'healthy', [B]: 'healthy' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(states(balancer)).toEqual({ [A]: 'unhealthy', [B]: 'healthy' });
    probe.mockReset().mockResolvedValue();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(states(balancer)).toEqual({ [A]: 'unhealthy', [B]: 'healthy' });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(states(balancer)).toEqual({ [A]: 'healthy', [B]: 'healthy' });
    expect(logger.info).toHaveBeenCalledTimes(1);
  });

  it('takes a backend out as soon as a request did not reach the backend, until the next good check', async () => {
    const { balancer } = newBalancer({ backends: [{ url: A }] });
    balancer.start();
    await vi.advanceTimersByTimeAsync(0);
    balancer.pick().release('unreachable');
    expect(() => balancer.pick()).toThrow(NoHealthyBackendsError);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(balancer.pick().backend.url).toBe(A);
  });

  it('takes a probe that hangs for failed, even when it ignores its signal', async () => {
    const { balancer, probe } = newBalancer({ backends: [{ url: A }], healthCheck: { timeoutMs: 5_000 } });
    probe.mockReturnValue(new Promise(() => {}));
    balancer.start();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(states(balancer)).toEqual({ [A]: 'unproven' });
    await vi.advanceTimersByTimeAsync(1);
    expect(balancer.backends()[0]).toMatchObject({ state: 'unhealthy', reason: 'no answer within 5000 ms' });
    expect(probe.mock.lastCall?.[1].aborted).toBe(true);
  });

  it('ends checks under way when closed, learns nothing from that, and asks no more', async () => {
    const { balancer, probe } = newBalancer({ backends: [{ url: A }] });
    probe.mockReturnValue(new Promise(() => {}));
    balancer.start();
    await balancer.close();
    await balancer.close();
    balancer.pick().release('unreachable');
    await vi.advanceTimersByTimeAsync(100_000);
    expect(probe).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes every backend for healthy when nothing checks them', () => {
    const balancer = new LoadBalancer({
      name: 'web',
      backends: [{ url: A }],
      logger: { info: vi.fn(), warn: vi.fn() },
    });
    balancer.start();
    balancer.pick().release('unreachable');
    expect(balancer.pick().backend.url).toBe(A);
  });
});
