import { hashOf, mix, scoreOf } from './rendezvous-score.js';
import type { Candidate, CandidateIndex } from './strategy.js';

/** Stored facts about a candidate. */
interface Known {
  connections: number;
  weight: number;
}

interface HashRule<T> {
  maxConnections: number;
  /** Connections per weight at which a candidate is full, from the sums of all candidates. */
  limitOf: (connections: number, weights: number) => number;
  /** Picks from the candidates that have room, by looking at each. */
  scan: (candidates: readonly T[], key: string) => T | undefined;
}

/**
 * {@link consistentHash} over many candidates. A pick still draws a number for each candidate. But it hashes no id and
 * sums no loads, and it computes a logarithm only for candidates that may be the best.
 */
export class HashIndex<T extends Candidate> implements CandidateIndex<T> {
  private readonly hashes: Uint32Array;
  private readonly known: Map<T, Known>;
  private connections = 0;
  private weights = 0;

  /** @param keyless picks for requests that have no key */
  constructor(
    private readonly candidates: readonly T[],
    private readonly rule: HashRule<T>,
    private readonly keyless: CandidateIndex<T>,
  ) {
    this.hashes = Uint32Array.from(candidates, ({ id }) => hashOf(id));
    this.known = new Map(candidates.map((candidate) => [candidate, { connections: 0, weight: 0 }]));
    for (const candidate of candidates) this.count(candidate);
  }

  pick(key?: string): T | undefined {
    if (key === undefined) return this.keyless.pick();
    const hash = hashOf(key);
    const limit = this.rule.limitOf(this.connections, this.weights);
    let best: T | undefined;
    let most = -Infinity;
    let [weight, drawn] = [0, 0];
    for (let i = 0; i < this.hashes.length; i++) {
      const candidate = this.candidates[i] as T;
      const draw = mix(hash ^ (this.hashes[i] as number));
      if (candidate.weight === weight && draw <= drawn) continue; // by the order of scores, it is below the best one
      const score = scoreOf(draw, candidate.weight);
      if (score <= most || !this.hasRoom(candidate, limit)) continue;
      [best, most, weight, drawn] = [candidate, score, candidate.weight, draw];
    }
    return (
      best ??
      this.rule.scan(
        this.candidates.filter(({ connections }) => connections < this.rule.maxConnections),
        key,
      )
    );
  }

  update(candidate: T): void {
    this.count(candidate);
    this.keyless.update(candidate);
  }

  end(): void {
    this.keyless.end?.();
  }

  private count(candidate: T): void {
    const known = this.known.get(candidate);
    if (!known) return;
    const { connections, weight } = candidate;
    this.connections += connections - known.connections;
    this.weights += weight - known.weight;
    known.connections = connections;
    known.weight = weight;
  }

  private hasRoom({ connections, weight }: T, limit: number): boolean {
    return connections < this.rule.maxConnections && connections < limit * weight;
  }
}
