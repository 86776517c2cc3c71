import type { Candidate } from './strategy.js';

/** Draws candidates by a snapshot of their weights, in steps of the logarithm of their number. */
export class WeightedDraw<T extends Candidate> {
  /** Sums of the weights up to each candidate, inclusive. */
  private readonly sums: Float64Array;
  private readonly positions: ReadonlyMap<T, number>;

  /** @param candidates at least one */
  constructor(private readonly candidates: readonly T[]) {
    let sum = 0;
    this.sums = Float64Array.from(candidates, ({ weight }) => (sum += weight));
    this.positions = new Map(candidates.map((candidate, position) => [candidate, position]));
  }

  /** Whether the draw uses the current weight of this candidate; true for a candidate that is not in it. */
  isCurrent(candidate: T): boolean {
    const position = this.positions.get(candidate);
    return position === undefined || this.sums[position] === this.before(position) + candidate.weight;
  }

  /** @param random in [0, 1) */
  one(random: number): T {
    return this.candidates[this.positionAt(random * this.before(this.sums.length))] as T;
  }

  /** Draws another one than `first`; at least two candidates are needed. @param random in [0, 1) */
  other(first: T, random: number): T {
    const position = this.positions.get(first) as number;
    const before = this.before(position);
    const weight = (this.sums[position] as number) - before;
    const at = random * (this.before(this.sums.length) - weight);
    const other = this.positionAt(at < before ? at : at + weight);
    if (other !== position) return this.candidates[other] as T;
    return this.candidates[position === 0 ? 1 : position - 1] as T; // a sum was rounded
  }

  private before(position: number): number {
    return position === 0 ? 0 : (this.sums[position - 1] as number);
  }

  /** The first whose sum is greater; if none is, the last one. */
  private positionAt(sum: number): number {
    let low = 0;
    let high = this.sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sums[middle] as number) > sum) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
