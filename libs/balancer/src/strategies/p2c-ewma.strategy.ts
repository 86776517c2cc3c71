import { P2cIndex } from './p2c-ewma.index.js';
import type { Candidate, Strategy } from './strategy.js';

/**
 * `p2c_ewma`: of two random candidates, drawn by weight, the one with the lower cost: its latency times the requests
 * that would then wait for it. The best of two is nearly as good as the best of all, and many gateways that decide by
 * the same slightly old figures don't all run to the same backend (Mitzenmacher, "The power of two choices in
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

/** One of `candidates` other than `except`, each as likely as its weight says. */
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

/** A backend that was never asked has latency 0: it is tried before any known one of the two. */
const costOf = ({ latencyMs, connections, weight }: Candidate): number => (latencyMs * (connections + 1)) / weight;
