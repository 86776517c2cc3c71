import { describe, expect, it } from 'vitest';
import { STRATEGIES, type StrategyName } from './strategies.js';
import type { Candidate, CandidateIndex } from './strategy.js';

interface Server extends Candidate {
  connections: number;
  weight: number;
  latencyMs: number;
}

const servers = (weights: readonly number[]): Server[] =>
  weights.map((weight, index) => ({
    id: `http://server-${index}`,
    weight,
    connections: 0,
    latencyMs: 1 + (index % 5),
  }));

const repeated = (weights: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, index) => weights[index % weights.length]!);

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

/** What requests that begin and end in a random order, but in the same for every `choose`, are given. */
function sequenceOf(
  pool: Server[],
  choose: (key: string) => Server | undefined,
  onChange: (one: Server) => void,
): string[] {
  const random = seeded(42);
  const underWay: Server[] = [];
  return Array.from({ length: 3000 }, (_, n) => {
    if (n === 1000) for (const one of pool.slice(0, 3)) onChange(Object.assign(one, { weight: one.weight * 2 }));
    if (n === 1500) onChange(Object.assign(pool[1]!, { connections: pool[1]!.connections + 20 })); // of other processes
    while (underWay.length > 0 && random() < 0.5) {
      const [ended] = underWay.splice(Math.floor(random() * underWay.length), 1) as [Server];
      onChange(Object.assign(ended, { connections: ended.connections - 1 }));
    }
    const picked = choose(`key ${n % 100}`);
    if (!picked) return 'full';
    underWay.push(picked);
    onChange(Object.assign(picked, { connections: picked.connections + 1 }));
    return picked.id;
  });
}

const STRATEGY_NAMES = Object.keys(STRATEGIES) as StrategyName[];
const WEIGHTS: [string, number[]][] = [
  ['equal weights', repeated([1], 40)],
  ['weights 1:2:4', repeated([1, 2, 4], 40)],
  ['weights that tie across loads, 1:1:2:3', repeated([1, 1, 2, 3], 20)],
  ['a weight for each', Array.from({ length: 25 }, (_, index) => index + 1)],
  ['two servers', [5, 1]],
];

describe.each(STRATEGY_NAMES)('the index of %s', (name) => {
  it.each(WEIGHTS)('picks in the sequence that looking at each gives: %s', (_, weights) => {
    const [scanned, indexed] = [servers(weights), servers(weights)];
    const [scan, strategy] = [STRATEGIES[name](seeded(7)), STRATEGIES[name](seeded(7))];
    const index = strategy.index(indexed, Infinity);
    const expected = sequenceOf(
      scanned,
      (key) => scan.pick(scanned, key),
      () => {},
    );
    expect(
      sequenceOf(
        indexed,
        (key) => index.pick(key),
        (one) => index.update(one),
      ),
    ).toEqual(expected);
  });

  it('picks none that is full, and nothing when all are', () => {
    const pool = servers(repeated([1, 2, 4], 12));
    const index = STRATEGIES[name](seeded(7)).index(pool, 3);
    for (let n = 0; n < 36; n++) take(index, `key ${n}`);
    expect(pool.map(({ connections }) => connections)).toEqual(pool.map(() => 3));
    expect([index.pick(), index.pick('key')]).toEqual([undefined, undefined]);
    pool[5]!.connections -= 1;
    index.update(pool[5]!);
    expect([index.pick()?.id, index.pick('key')?.id]).toEqual([pool[5]!.id, pool[5]!.id]);
  });

  it('knows nothing of a candidate that is not in it', () => {
    const pool = servers([1, 1]);
    const index = STRATEGIES[name](seeded(7)).index(pool, Infinity);
    index.update({ ...servers([9])[0]!, connections: -5 });
    expect(pool).toContain(index.pick('key'));
  });
});

function take(index: CandidateIndex<Server>, key: string): void {
  const picked = index.pick(key)!;
  picked.connections += 1;
  index.update(picked);
}

describe('the index of least_connections', () => {
  it.each([
    ['equal weights in turn', [1, 1, 1], '012012'],
    ['unequal weights smoothly', [5, 1, 1], '0010200'],
    ['weights 1:2:4', [1, 2, 4], '21202122120212'],
  ])('shares an idle pool: %s', (_, weights, expected) => {
    const index = STRATEGIES.least_connections().index(servers(weights), Infinity);
    expect(Array.from(expected, () => index.pick()!.id.at(-1)).join('')).toBe(expected);
  });

  it('looks at no more than one candidate of 10,000 alike', () => {
    let looks = 0;
    const pool = Array.from({ length: 10_000 }, (_, index) => ({
      id: String(index),
      weight: 1,
      latencyMs: 0,
      own: 0,
      get connections() {
        looks += 1;
        return this.own;
      },
    }));
    const index = STRATEGIES.least_connections().index(pool, Infinity);
    looks = 0;
    for (let n = 0; n < 10_000; n++) {
      const picked = index.pick()!;
      picked.own += 1;
      index.update(picked);
    }
    expect(looks).toBeLessThanOrEqual(20_000);
    expect(pool.every(({ own }) => own === 1)).toBe(true);
  });
});
