import type { Candidate, Strategy } from './strategy.js';

/** How much more than its share of the load a backend may have before its keys go to the next (c in the paper). */
const LOAD_FACTOR = 1.25;

/**
 * `consistent_hash` with bounded loads: equal keys go to the same backend, and when a backend comes or goes only its
 * own keys move. A backend that has more than 1.25 times its share of the load passes its keys on until it has less.
 *
 * Weighted rendezvous hashing (Thaler and Ravishankar 1998; Schindelhauer and Schomaker 2005): each backend draws a
 * score from key and id, the highest wins. There is no ring to keep, and the shares are exact. The bound is that of
 * Mirrokni, Thorup and Zadimoghaddam, "Consistent hashing with bounded loads", 2016.
 *
 * @param fallback who decides about requests that have no key
 */
export function consistentHash(fallback: Strategy): Strategy {
  return {
    pick(candidates, key) {
      if (key === undefined) return fallback.pick(candidates);
      const hash = hashOf(key);
      const limit = loadLimit(candidates);
      let best: (typeof candidates)[number] | undefined;
      let most = -Infinity;
      for (const candidate of candidates) {
        if (candidate.connections >= limit * candidate.weight) continue;
        const score = scoreOf(hash, candidate);
        if (score > most) [best, most] = [candidate, score];
      }
      return best;
    },
  };
}

/**
 * Connections per weight at which a backend is full. More than the average with one more request, so somebody is always
 * below it: the paper's ceiling, which holds for fractions too.
 */
function loadLimit(candidates: readonly Candidate[]): number {
  let connections = 1;
  let weights = 0;
  for (const candidate of candidates) {
    connections += candidate.connections;
    weights += candidate.weight;
  }
  return (LOAD_FACTOR * connections) / weights;
}

/** -weight / ln(u), u drawn uniformly from (0, 1) by the hash: the greatest of these falls on each by its weight. */
const scoreOf = (hash: number, { id, weight }: Candidate): number =>
  -weight / Math.log((mix(hash ^ hashOf(id)) + 0.5) / 2 ** 32);

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3: every bit of the input changes every bit of the result. */
function mix(input: number): number {
  let bits = Math.imul(input ^ (input >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
