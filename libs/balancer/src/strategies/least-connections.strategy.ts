import { SmoothWeightedRoundRobin } from './smooth-weighted-round-robin.js';
import type { Candidate, Strategy } from './strategy.js';
import { TurnIndex, type TurnOrder } from './turn-index.js';

/**
 * Weighted `least_connections`: the fewest connections per weight win. Fractions are compared by cross-multiplication,
 * which is exact where a division would round. Equal candidates take turns, so an idle pool is shared by weight.
 */
export function leastConnections(): Strategy {
  const turns = new SmoothWeightedRoundRobin();
  return {
    pick: (candidates) => turns.next(leastLoaded(candidates)),
    index: (candidates, maxConnections) => new TurnIndex(candidates, BY_LOAD, turns, maxConnections),
  };
}

/** Negative if the first has less load: a.connections / a.weight < b.connections / b.weight. */
const BY_LOAD: TurnOrder = {
  levelOf: ({ connections }) => connections,
  compare: (one, other) => one.level * other.weight - other.level * one.weight,
};

function leastLoaded<T extends Candidate>(candidates: readonly T[]): readonly T[] {
  let least: T[] = [];
  for (const candidate of candidates) {
    const order = least[0] ? compareLoads(candidate, least[0]) : 0;
    if (order < 0) least = [candidate];
    else if (order === 0) least.push(candidate);
  }
  return least;
}

const compareLoads = (a: Candidate, b: Candidate): number => a.connections * b.weight - b.connections * a.weight;
