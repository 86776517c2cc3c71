import { consistentHash } from './consistent-hash.strategy.js';
import { leastConnections } from './least-connections.strategy.js';
import { p2cEwma } from './p2c-ewma.strategy.js';
import { roundRobin } from './round-robin.strategy.js';
import type { Strategy } from './strategy.js';

/** Every strategy, by its name in the configuration. */
export const STRATEGIES = {
  least_connections: leastConnections,
  round_robin: roundRobin,
  p2c_ewma: p2cEwma,
  consistent_hash: () => consistentHash(leastConnections()),
} as const satisfies Record<string, (random: () => number) => Strategy>;

export type StrategyName = keyof typeof STRATEGIES;
