import { P2cIndex } from './p2c-ewma.index.js';
import type { Candidate, Strategy } from './strategy.js';

/**
 * `p2c_ewma`: draws two candidates at random, by weight, and picks the one with the lower cost. The cost is its latency
 * times the requests that would then wait for it. The better of two is nearly as good as the best of all. And gateways
 * that decide by the same outdated values do not all pick the same backend (Mitzenmacher, "The power of two choices in
 * randomized load balancing", 2001; the cost is Finagle's).
 *
 * @param random in [0, 1)
 */
export function p2cEwma(random: () => number): Strategy {
  const pick = <T extends Candidate>(candidates: readonly T[]): T | undefined => {
    const first = drawn(candidates, random());
    if (first === undefined || candidates.length < 2) return first;
    const second = drawn(candidates, random(), first);
    return second === undefined ? first : better(first, second);
  };
  return {
    pick,
    index: (candidates, maxConnections) => new P2cIndex(candidates, maxConnections, random, { better, scan: pick }),
  };
}

/** Draws one of `candidates` other than `except`, by weight. */
function drawn<T extends Candidate>(candidates: readonly T[], random: number, except?: T): T | undefined {
  let total = 0;
  for (const candidate of candidates) if (candidate !== except) total += candidate.weight;
  let rest = random * total;
  let last: T | undefined;
  for (const candidate of candidates) {
    if (candidate === except) continue;
    last = candidate;
    rest -= candidate.weight;
    if (rest < 0) break;
  }
  return last;
}

const better = <T extends Candidate>(first: T, second: T): T => (costOf(second) < costOf(first) ? second : first);

/** A backend without answers has latency 0, so it wins against any other one. */
const costOf = ({ latencyMs, connections, weight }: Candidate): number => (latencyMs * (connections + 1)) / weight;
