/** What a choice is made from: one backend at this moment. */
export interface Candidate {
  /** Stays the same as long as the backend is in the pool. */
  readonly id: string;
  /** Greater than 0. */
  readonly weight: number;
  /** Requests that it is answering, for this process and, as far as they report, for all others. */
  readonly connections: number;
  /** How long it takes to begin an answer: peak EWMA, in ms; 0 before its first answer. */
  readonly latencyMs: number;
}

/** Which of the backends that can take a request gets it. Health, limits and priorities are decided elsewhere. */
export interface Strategy {
  /**
   * Looks at every candidate.
   *
   * @param key what the request is hashed by, where the strategy hashes
   * @returns undefined when there is no candidate
   */
  pick<T extends Candidate>(candidates: readonly T[], key?: string): T | undefined;
  /**
   * An index over many candidates, which picks by the same rule without looking at each.
   *
   * @param maxConnections a candidate that has as many is not picked
   */
  index<T extends Candidate>(candidates: readonly T[], maxConnections: number): CandidateIndex<T>;
}

/** The candidates of a pool, ordered by what a strategy chooses by. */
export interface CandidateIndex<T extends Candidate> {
  /**
   * @param key as for {@link Strategy.pick}
   * @returns undefined when every candidate is full
   */
  pick(key?: string): T | undefined;
  /** The connections or the weight of a candidate have changed. Does nothing for one that is not in the index. */
  update(candidate: T): void;
  /** The index is of no more use: the strategy keeps the order of the turns for the next one. */
  end?(): void;
}
