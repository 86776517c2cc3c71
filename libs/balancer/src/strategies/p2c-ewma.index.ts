import type { Candidate, CandidateIndex } from './strategy.js';
import { WeightedDraw } from './weighted-draw.js';

/** {@link p2cEwma} over many candidates. */
export class P2cIndex<T extends Candidate> implements CandidateIndex<T> {
  private draw?: WeightedDraw<T>;

  /**
   * @param candidates at least two
   * @param scan picks from the candidates that have room, by looking at each
   */
  constructor(
    private readonly candidates: readonly T[],
    private readonly maxConnections: number,
    private readonly random: () => number,
    private readonly rule: {
      better: (first: T, second: T) => T;
      scan: (candidates: readonly T[]) => T | undefined;
    },
  ) {}

  /** Draws among all candidates. If the better one is full, the draw is repeated among those with room. */
  pick(): T | undefined {
    const draw = (this.draw ??= new WeightedDraw(this.candidates));
    const first = draw.one(this.random());
    const picked = this.rule.better(first, draw.other(first, this.random()));
    return this.hasRoom(picked) ? picked : this.rule.scan(this.candidates.filter(this.hasRoom));
  }

  update(candidate: T): void {
    if (this.draw?.isCurrent(candidate) === false) this.draw = undefined;
  }

  private readonly hasRoom = ({ connections }: T): boolean => connections < this.maxConnections;
}
