import { SmoothWeightedRoundRobin } from './smooth-weighted-round-robin.js';
import type { Strategy } from './strategy.js';

/** Weighted `round_robin`: each in its turn, however busy it is. */
export function roundRobin(): Strategy {
  const turns = new SmoothWeightedRoundRobin();
  return { pick: (candidates) => turns.next(candidates) };
}
