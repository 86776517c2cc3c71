import { describe, expect, it } from 'vitest';
import { STRATEGIES, type StrategyName } from './strategies.js';
import type { Candidate } from './strategy.js';

interface Server extends Candidate {
  connections: number;
  latencyMs: number;
  picked: number;
}

const server = (id: string, weight: number, latencyMs = 10): Server => ({
  id,
  weight,
  latencyMs,
  connections: 0,
  picked: 0,
});

/** A sequence that is the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Parts of 7,000 requests that each server got; every request ends before the one after the `concurrency`th next
 * begins.
 */
function sharesOf(name: StrategyName, servers: Server[], concurrency = 1): number[] {
  const strategy = STRATEGIES[name](seeded(7));
  const underWay: Server[] = [];
  for (let n = 0; n < 7000; n++) {
    const picked = strategy.pick(servers, `key ${n}`)!;
    picked.picked += 1;
    picked.connections += 1;
    underWay.push(picked);
    if (underWay.length >= concurrency) underWay.shift()!.connections -= 1;
  }
  return servers.map(({ picked }) => Math.round((picked / 7000) * 100) / 100);
}

describe('the shares of backends', () => {
  it.each<[StrategyName, string, Server[], number, number[], number]>([
    ['round_robin', 'equal', [server('a', 1), server('b', 1)], 1, [0.5, 0.5], 0],
    ['round_robin', 'weighted 1:2:4', [server('a', 1), server('b', 2), server('c', 4)], 1, [0.14, 0.29, 0.57], 0.01],
    [
      'round_robin',
      'weighted 1:2:4 and busy',
      [server('a', 1), server('b', 2), server('c', 4)],
      20,
      [0.14, 0.29, 0.57],
      0.01,
    ],
    [
      'least_connections',
      'weighted 1:2:4',
      [server('a', 1), server('b', 2), server('c', 4)],
      1,
      [0.14, 0.29, 0.57],
      0.01,
    ],
    [
      'least_connections',
      'weighted 1:2:4 and busy',
      [server('a', 1), server('b', 2), server('c', 4)],
      70,
      [0.14, 0.29, 0.57],
      0.02,
    ],
    ['p2c_ewma', 'equally fast', [server('a', 1), server('b', 1), server('c', 1)], 5, [0.33, 0.33, 0.33], 0.03],
    [
      'p2c_ewma',
      'one ten times as slow',
      [server('a', 1), server('b', 1), server('c', 1, 100)],
      1,
      [0.5, 0.5, 0],
      0.03,
    ],
    ['p2c_ewma', 'weighted 1:3', [server('a', 1), server('b', 3)], 8, [0.25, 0.75], 0.05],
    ['consistent_hash', 'equal', [server('a', 1), server('b', 1), server('c', 1)], 1, [0.33, 0.33, 0.33], 0.03],
    ['consistent_hash', 'weighted 1:3', [server('a', 1), server('b', 3)], 1, [0.25, 0.75], 0.03],
  ])('%s, %s', (name, _, servers, concurrency, expected, tolerance) => {
    for (const [index, share] of sharesOf(name, servers, concurrency).entries())
      expect(Math.abs(share - expected[index]!)).toBeLessThanOrEqual(tolerance);
  });

  it('are smooth, not in bursts: round_robin gives 5, 1, 1 as aabacaa', () => {
    const strategy = STRATEGIES.round_robin();
    const servers = [server('a', 5), server('b', 1), server('c', 1)];
    expect(Array.from({ length: 7 }, () => strategy.pick(servers)!.id).join('')).toBe('aabacaa');
  });
});

describe('p2c_ewma', () => {
  it.each<[string, number[], string]>([
    ['the cheaper of the two drawn', [0, 0.99], 'a'],
    ['the cheaper one when it is drawn second', [0.99, 0], 'a'],
    ['one that was never asked', [0.4, 0.99], 'b'],
  ])('picks %s', (_, draws, expected) => {
    const strategy = STRATEGIES.p2c_ewma(() => draws.shift()!);
    expect(strategy.pick([server('a', 1, 10), server('b', 1, 0), server('c', 1, 90)])?.id).toBe(expected);
  });

  it('never draws the same one twice: of two, the busy one waits whatever is drawn', () => {
    const strategy = STRATEGIES.p2c_ewma(seeded(1));
    const [idle, busy] = [server('idle', 1), { ...server('busy', 1), connections: 9 }];
    for (let n = 0; n < 100; n++) expect(strategy.pick([idle, busy])?.id).toBe('idle');
  });

  it('survives a source of randomness that touches its end', () => {
    expect(STRATEGIES.p2c_ewma(() => 1).pick([server('a', 1), server('b', 1)])).toBeDefined();
  });
});

it.each(Object.keys(STRATEGIES) as StrategyName[])('%s picks nobody from nobody, and the only one from one', (name) => {
  const strategy = STRATEGIES[name](Math.random);
  expect([strategy.pick([]), strategy.pick([server('a', 1)], 'k')?.id]).toEqual([undefined, 'a']);
});
