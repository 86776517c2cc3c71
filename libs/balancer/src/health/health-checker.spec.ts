import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HealthChecker } from './health-checker.js';
import { UnhealthyError } from './probe.js';

const A = { url: 'http://a', weight: 1, priority: 0, isDraining: false };
const B = { ...A, url: 'http://b' };

function newChecker() {
  const probe = vi.fn(async (_backend: typeof A, _signal: AbortSignal) => {});
  const listener = { onResult: vi.fn(), onChange: vi.fn() };
  const sut = new HealthChecker({ probe, random: () => 0 }, listener);
  sut.watch(A);
  return { sut, probe, listener };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(0);

it('checks who is added later at once, and who has left no more', async () => {
  const { sut, probe } = newChecker();
  sut.start();
  await settle();
  sut.watch(B);
  expect(probe).toHaveBeenLastCalledWith(B, expect.anything());
  sut.unwatch(A.url);
  probe.mockClear();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(probe.mock.calls.map(([{ url }]) => url)).toEqual([B.url]);
});

it('learns nothing from a check of who has left meanwhile, or come back', async () => {
  const { sut, probe, listener } = newChecker();
  const first = Promise.withResolvers<void>();
  probe.mockReturnValueOnce(first.promise);
  sut.start();
  sut.unwatch(A.url);
  sut.watch(A);
  first.reject(new Error('old news'));
  await settle();
  expect(sut.healthOf(A.url).state).toBe('healthy');
  expect(listener.onResult).toHaveBeenCalledExactlyOnceWith(A.url, { passed: true });
});

it('learns no good from a check that began before a request found nobody there', async () => {
  const { sut, probe } = newChecker();
  const slow = Promise.withResolvers<void>();
  probe.mockReturnValueOnce(slow.promise);
  sut.start();
  sut.reportUnreachable(A.url);
  slow.resolve();
  await settle();
  expect(sut.healthOf(A.url).state).toBe('unhealthy');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sut.healthOf(A.url).state).toBe('healthy');
});

it('tells whether a backend that fails is there at all', async () => {
  const { sut, probe, listener } = newChecker();
  probe.mockRejectedValueOnce(new UnhealthyError('503'));
  sut.start();
  await settle();
  expect(sut.healthOf(A.url)).toMatchObject({ state: 'unhealthy', isReachable: true });
  expect(listener.onResult).toHaveBeenCalledExactlyOnceWith(A.url, { passed: false, reason: '503', isReachable: true });
});

it('skips its turn when somebody else has found a well backend well', async () => {
  const { sut, probe } = newChecker();
  sut.start();
  await settle();
  for (let round = 0; round < 5; round++) {
    await vi.advanceTimersByTimeAsync(20_000);
    sut.reportResult(A.url, { passed: true });
  }
  expect(probe).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(probe).toHaveBeenCalledTimes(2);
});

it('looks for itself when somebody else has found a backend ill, and believes itself', async () => {
  const { sut, probe, listener } = newChecker();
  sut.start();
  await settle();
  for (let round = 0; round < 5; round++) {
    sut.reportResult(A.url, { passed: false, reason: 'cut off' });
    await settle();
  }
  expect([probe.mock.calls.length, sut.healthOf(A.url).state]).toEqual([6, 'healthy']);
  expect(listener.onChange).toHaveBeenCalledOnce();
});

it('believes nobody that a backend which it found ill is well', async () => {
  const { sut, probe } = newChecker();
  probe.mockRejectedValue(new Error('refused'));
  sut.start();
  await settle();
  for (let round = 0; round < 5; round++) sut.reportResult(A.url, { passed: true });
  expect(sut.healthOf(A.url).state).toBe('unhealthy');
  sut.reportResult('http://nobody', { passed: true });
});

describe('while no backend is healthy', () => {
  it('checks every second for five minutes, and uses a backend after its first good check', async () => {
    const { sut, probe } = newChecker();
    probe.mockRejectedValue(new UnhealthyError('503'));
    sut.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe).toHaveBeenCalledTimes(61);
    probe.mockResolvedValue();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sut.healthOf(A.url).state).toBe('healthy');
  });

  it('cuts short the long pause of a backend when the last healthy one goes', async () => {
    const { sut, probe } = newChecker();
    sut.watch(B);
    probe.mockImplementation(async ({ url }) => {
      if (url === B.url) throw new UnhealthyError('503');
    });
    sut.start();
    await vi.advanceTimersByTimeAsync(40_000); // B is asked every 30 s now
    sut.reportUnreachable(A.url);
    probe.mockReset().mockRejectedValue(new UnhealthyError('503'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(new Set(probe.mock.calls.map(([{ url }]) => url))).toEqual(new Set([A.url, B.url]));
  });

  it('counts no backend that drains among the healthy', async () => {
    const { sut, probe } = newChecker();
    sut.watch({ ...B, isDraining: true });
    probe.mockImplementation(async ({ url }) => {
      if (url === A.url) throw new UnhealthyError('503');
    });
    sut.start();
    await vi.advanceTimersByTimeAsync(20_000);
    const ofA = probe.mock.calls.filter(([{ url }]) => url === A.url);
    expect(ofA).toHaveLength(21);
  });

  it('goes back to longer pauses when one is', async () => {
    const { sut, probe } = newChecker();
    sut.watch(B);
    probe.mockImplementation(async ({ url }) => {
      if (url === B.url) throw new UnhealthyError('503');
    });
    sut.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe.mock.calls.filter(([{ url }]) => url === B.url).length).toBeLessThan(8);
  });
});
