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
  return {
    pick(candidates) {
      const first = drawn(candidates, random());
      if (candidates.length < 2) return first;
      const second = drawn(candidates, random(), first);
      return first && second && costOf(second) < costOf(first) ? second : first;
    },
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

/** A backend that was never asked has latency 0: it is tried before any known one of the two. */
const costOf = ({ latencyMs, connections, weight }: Candidate): number => (latencyMs * (connections + 1)) / weight;
