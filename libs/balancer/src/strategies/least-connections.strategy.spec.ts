import { describe, expect, it } from 'vitest';
import { leastConnections } from './least-connections.strategy.js';
import type { Candidate } from './strategy.js';

interface Server extends Candidate {
  name: string;
  connections: number;
}

const servers = (...rows: [name: string, weight: number, connections: number][]): Server[] =>
  rows.map(([name, weight, connections]) => ({ id: name, name, weight, connections, latencyMs: 0 }));

describe('leastConnections', () => {
  it.each([
    ['the one with fewest connections', servers(['a', 1, 3], ['b', 1, 1], ['c', 1, 2]), 'b'],
    ['by weight, not by count', servers(['a', 4, 3], ['b', 1, 1]), 'a'],
    ['the lighter fraction where a division would round', servers(['a', 3, 1], ['b', 3 * 2 ** 51, 2 ** 51 - 1]), 'b'],
    ['an idle one before any busy one', servers(['a', 1000, 1], ['b', 0.5, 0]), 'b'],
    ['the only one', servers(['a', 1, 9]), 'a'],
  ])('picks %s', (_, candidates, expected) => {
    expect(leastConnections().pick(candidates)?.name).toBe(expected);
  });

  it('picks nobody from nobody', () => {
    expect(leastConnections().pick([])).toBeUndefined();
  });

  it.each([
    ['equal weights in turn', servers(['a', 1, 0], ['b', 1, 0], ['c', 1, 0]), 'abcabc'],
    ['unequal weights smoothly', servers(['a', 5, 0], ['b', 1, 0], ['c', 1, 0]), 'aabacaa'],
    ['weights 1:2:4', servers(['a', 1, 0], ['b', 2, 0], ['c', 4, 0]), 'cbcacbccbcacbc'],
  ])('shares an idle pool: %s', (_, candidates, expected) => {
    const strategy = leastConnections();
    const order = Array.from(expected, () => strategy.pick(candidates)?.name).join('');
    expect(order).toBe(expected);
  });

  it('keeps open connections in the ratio of the weights', () => {
    const pool = servers(['a', 1, 0], ['b', 2, 0], ['c', 4, 0]);
    const strategy = leastConnections();
    for (let i = 0; i < 700; i++) strategy.pick(pool)!.connections += 1;
    expect(pool.map(({ connections }) => connections)).toEqual([100, 200, 400]);
  });

  it('gives a newcomer its share and no more when all are idle again', () => {
    const strategy = leastConnections();
    const [a, b, c] = servers(['a', 1, 0], ['b', 1, 0], ['c', 1, 0]) as [Server, Server, Server];
    for (let i = 0; i < 1001; i++) strategy.pick([a, b]);
    const order = Array.from({ length: 9 }, () => strategy.pick([a, b, c])?.name).join('');
    for (const name of 'abc') expect(order.split(name)).toHaveLength(4);
  });
});
