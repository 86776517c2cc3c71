import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Lease } from './lease.js';
import { LoadBalancer } from './load-balancer.js';
import { LoadBoard } from './load-board.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const REPORT_MS = 200;
const SERVICE_MS = 100;

function newBalancer(maxConnections: number, backends = 1): LoadBalancer {
  const urls = Array.from({ length: backends }, (_, n) => ({ url: `http://backend-${n}` }));
  return new LoadBalancer({
    name: 'web',
    backends: urls,
    maxConnections,
    logger: { info: vi.fn(), warn: vi.fn() },
    now: () => Date.now(),
  });
}

/** Sends a request; its answer takes `serviceMs`. */
function send(balancer: LoadBalancer, client: string, outcomes: string[], serviceMs = SERVICE_MS): void {
  const onServed = (lease: Lease): void => {
    setTimeout(() => {
      outcomes.push('served');
      lease.release();
    }, serviceMs);
  };
  const result = balancer.tryPick({ client });
  if (result.type === 'picked') onServed(result.lease);
  else balancer.wait({ client }, onServed, () => outcomes.push('refused'));
}

/** Keeps so many requests of a client under way for ever. */
function flood(balancer: LoadBalancer, client: string, requests: number): void {
  const outcomes: string[] = [];
  outcomes.push = () => {
    setTimeout(() => send(balancer, client, outcomes), SERVICE_MS);
    return 0;
  };
  for (let n = 0; n < requests; n++) send(balancer, client, outcomes);
}

describe('one client with more requests than there are places', () => {
  const HANGS_MS = 3_600_000;

  it.each([
    [1_000, 1, 100],
    [10, 1, 1],
    [100, 3, 30],
  ])('of %d places at %d backends leaves a tenth, %d, to others', (maxConnections, backends, left) => {
    const balancer = newBalancer(maxConnections, backends);
    for (let n = 0; n < maxConnections * backends + 500; n++) send(balancer, 'greedy', [], HANGS_MS);
    const outcomes: string[] = [];
    for (let n = 0; n < left; n++) send(balancer, `other ${n}`, outcomes);
    vi.advanceTimersByTime(SERVICE_MS);
    expect(outcomes).toEqual(Array.from({ length: left }, () => 'served'));
  });

  it('has every place of a small pool, and all places but the reserve while it is alone', () => {
    const [small, large] = [newBalancer(9), newBalancer(100)];
    for (let n = 0; n < 200; n++) for (const balancer of [small, large]) send(balancer, 'alone', [], HANGS_MS);
    expect([small.backends()[0]!.own.requests, large.backends()[0]!.own.requests]).toEqual([9, 90]);
  });

  it('does not fill the queue: another client waits and gets the next free place', () => {
    const balancer = newBalancer(4);
    flood(balancer, 'greedy', 1_500);
    const outcomes: string[] = [];
    for (let n = 0; n < 4; n++) send(balancer, 'other', outcomes);
    vi.advanceTimersByTime(10 * SERVICE_MS);
    expect(outcomes).toEqual(['served', 'served', 'served', 'served']);
  });

  it('gives its places back whole: the counts end at none', () => {
    const balancer = newBalancer(20);
    for (let round = 0; round < 5; round++) {
      for (let n = 0; n < 40; n++) send(balancer, `client ${n % 3}`, []);
      vi.advanceTimersByTime(20 * SERVICE_MS);
    }
    for (let n = 0; n < 200; n++) send(balancer, 'alone', [], HANGS_MS);
    expect(balancer.backends()[0]!.own.requests).toBe(18);
  });
});

describe('two processes that share a bounded backend', () => {
  function newProcesses(maxConnections: number, count = 2): LoadBalancer[] {
    const processes = Array.from({ length: count }, () => newBalancer(maxConnections));
    const boards = processes.map(() => new LoadBoard());
    setInterval(() => {
      processes.forEach((balancer, own) => {
        boards.forEach(
          (board, other) =>
            other !== own && board.receive(`${own}`, balancer.loads(), Date.now(), balancer.waitingMs()),
        );
        balancer.setOthers(boards[own]!.totals(Date.now()));
      });
    }, REPORT_MS);
    return processes;
  }

  it.each([1, 2, 3, 10])('of %d places: the second gets its turn though the first is flooded', (maxConnections) => {
    const [first, second] = newProcesses(maxConnections) as [LoadBalancer, LoadBalancer];
    flood(first, 'a', 20 * maxConnections);
    vi.advanceTimersByTime(2_000);
    const outcomes: string[] = [];
    for (let n = 0; n < 4; n++) send(second, 'b', outcomes);
    vi.advanceTimersByTime(5_000);
    expect(outcomes).toEqual(['served', 'served', 'served', 'served']);
  });

  it('both flooded, have about as much each', () => {
    const served = [0, 0, 0];
    const processes = newProcesses(12, 3);
    processes.forEach((balancer, index) => {
      const outcomes: string[] = [];
      outcomes.push = (outcome) => {
        if (outcome === 'served') served[index]! += 1;
        setTimeout(() => send(balancer, 'a', outcomes), 10);
        return 0;
      };
      for (let n = 0; n < 100; n++) setTimeout(() => send(balancer, 'a', outcomes), index * 1_000);
    });
    vi.advanceTimersByTime(60_000);
    expect(Math.min(...served) / Math.max(...served)).toBeGreaterThan(0.7);
  });

  it('use every place when the other has nothing to do', () => {
    const [first] = newProcesses(10) as [LoadBalancer];
    flood(first, 'a', 9);
    vi.advanceTimersByTime(1_000);
    expect(first.backends()[0]!.own.requests).toBe(9);
  });
});
