import { describe, expect, it } from 'vitest';
import { consistentHash } from './consistent-hash.strategy.js';
import { leastConnections } from './least-connections.strategy.js';
import type { Candidate } from './strategy.js';

const KEYS = Array.from({ length: 20_000 }, (_, i) => `session-${i}`);
const candidate = (n: number, weight = 1, connections = 0): Candidate => ({
  id: `http://10.0.0.${n}:8080`,
  weight,
  connections,
  latencyMs: 0,
});
const newStrategy = () => consistentHash(leastConnections());

describe('consistent_hash', () => {
  it.each([[[1, 1, 1]], [[1, 2, 4]], [[1, 1, 1, 1, 1, 1, 1, 1, 1]], [[0.1, 1]]])(
    'shares keys among similar names by the weights %j',
    (weights) => {
      const [strategy, pool] = [newStrategy(), weights.map((weight, n) => candidate(n + 1, weight))];
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const picked = KEYS.map((key) => strategy.pick(pool, key));
      for (const pooled of pool) {
        const share = picked.filter((pick) => pick === pooled).length / KEYS.length;
        expect(Math.abs(share - pooled.weight / total)).toBeLessThan(0.015);
      }
    },
  );

  it('moves only the keys of the backend that goes, and gives them back when it comes again', () => {
    const [strategy, pool] = [newStrategy(), [1, 2, 3, 4].map((n) => candidate(n))];
    const gone = pool[1]!;
    const fewer = pool.filter((pooled) => pooled !== gone);
    for (const key of KEYS) {
      const before = strategy.pick(pool, key);
      const after = strategy.pick(fewer, key);
      if (before === gone) expect(after).not.toBe(gone);
      else expect(after).toBe(before);
    }
  });

  it.each([
    ['is within its share', 1, true],
    ['has 1.25 times its share', 2, false],
  ])('keeps to the same backend while it %s', (_, connections, isKept) => {
    const strategy = newStrategy();
    const home = strategy.pick([candidate(1), candidate(2)], 'key')!;
    // One connection more than there are, times 1.25, over two backends: the limits are 1.25 and 1.875.
    const pool = [1, 2].map((n) => (candidate(n).id === home.id ? candidate(n, 1, connections) : candidate(n)));
    expect(strategy.pick(pool, 'key')?.id === home.id).toBe(isKept);
  });

  it.each([
    ['all are equally busy', [1, 1, 1], [1, 1, 1]],
    ['all are very busy', [1, 1, 1], [500, 500, 500]],
    ['weights differ', [1, 2, 4], [1, 2, 4]],
    ['weights are fractions', [0.1, 0.3], [1, 3]],
    ["others' loads are fractions", [1, 1, 1], [1.5, 1.5, 1.5]],
    ['there is one', [0.1], [1_000]],
  ])('finds someone when %s', (_, weights, connections) => {
    const pool = weights.map((weight, n) => candidate(n + 1, weight, connections[n]));
    expect(newStrategy().pick(pool, 'key')).toBeDefined();
  });

  it('leaves requests without a key to the fallback, and none to nobody', () => {
    expect(newStrategy().pick([candidate(1, 1, 5), candidate(2)])?.id).toBe(candidate(2).id);
    expect(newStrategy().pick([], 'key')).toBeUndefined();
  });
});
