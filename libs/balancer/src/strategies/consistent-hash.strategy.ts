import { HashIndex } from './consistent-hash.index.js';
import { hashOf, mix, scoreOf } from './rendezvous-score.js';
import type { Candidate, Strategy } from './strategy.js';

/** Factor above its share of the load at which a backend passes its keys on (c in the paper). */
const LOAD_FACTOR = 1.25;

/**
 * `consistent_hash` with bounded loads: equal keys go to the same backend. If a backend comes or goes, only its own
 * keys move. A backend with more than 1.25 times its share of the load passes its keys on until it has less.
 *
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; Schindelhauer and Schomaker 2005): each backend draws a
 * score from key and id, and the highest wins. No ring is stored, and the shares are exact. The bound is that of
 * Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing with bounded loads", 2016.
 *
 * @param fallback picks for requests that have no key
 */
export function consistentHash(fallback: Strategy): Strategy {
  return {
    pick: (candidates, key) => (key === undefined ? fallback.pick(candidates) : highest(candidates, key)),
    index: (candidates, maxConnections) =>
      new HashIndex(candidates, { maxConnections, limitOf, scan: highest }, fallback.index(candidates, maxConnections)),
  };
}

function highest<T extends Candidate>(candidates: readonly T[], key: string): T | undefined {
  const hash = hashOf(key);
  const limit = loadLimit(candidates);
  let best: T | undefined;
  let most = -Infinity;
  for (const candidate of candidates) {
    if (candidate.connections >= limit * candidate.weight) continue;
    const score = scoreOf(mix(hash ^ hashOf(candidate.id)), candidate.weight);
    if (score > most) [best, most] = [candidate, score];
  }
  return best;
}

function loadLimit(candidates: readonly Candidate[]): number {
  let connections = 0;
  let weights = 0;
  for (const candidate of candidates) {
    connections += candidate.connections;
    weights += candidate.weight;
  }
  return limitOf(connections, weights);
}

/**
 * Connections per weight at which a backend is full. It is above the average with one more request, so at least one
 * backend is below it: the paper's ceiling, which applies to fractions too.
 */
const limitOf = (connections: number, weights: number): number => (LOAD_FACTOR * (connections + 1)) / weights;
