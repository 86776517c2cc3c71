import { SmoothWeightedRoundRobin } from './smooth-weighted-round-robin.js';
import type { Strategy } from './strategy.js';
import { TurnIndex, type TurnOrder } from './turn-index.js';

const ALL_ALIKE: TurnOrder = { levelOf: () => 0, compare: () => 0 };

/** Weighted `round_robin`: candidates take turns, regardless of their load. */
export function roundRobin(): Strategy {
  const turns = new SmoothWeightedRoundRobin();
  return {
    pick: (candidates) => turns.next(candidates),
    index: (candidates, maxConnections) => new TurnIndex(candidates, ALL_ALIKE, turns, maxConnections),
  };
}
