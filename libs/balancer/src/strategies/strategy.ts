/** Snapshot of one backend, from which a strategy chooses. */
export interface Candidate {
  /** Constant while the backend is in the pool. */
  readonly id: string;
  /** Greater than 0. */
  readonly weight: number;
  /** Requests without a complete answer, of this process and of all others that report them. */
  readonly connections: number;
  /** Time to the first byte of an answer: peak EWMA, in ms; 0 before the first answer. */
  readonly latencyMs: number;
}

/** Chooses among the backends that can take a request. Health, limits and priorities are decided elsewhere. */
export interface Strategy {
  /**
   * Looks at every candidate.
   *
   * @param key text to hash, for strategies that hash
   * @returns undefined without candidates
   */
  pick<T extends Candidate>(candidates: readonly T[], key?: string): T | undefined;
  /**
   * Returns an index over many candidates, which picks by the same rule without looking at each.
   *
   * @param maxConnections a candidate with this many connections is not picked
   */
  index<T extends Candidate>(candidates: readonly T[], maxConnections: number): CandidateIndex<T>;
}

/** The candidates of a pool, ordered by the criterion of a strategy. */
export interface CandidateIndex<T extends Candidate> {
  /**
   * @param key as for {@link Strategy.pick}
   * @returns undefined if every candidate is full
   */
  pick(key?: string): T | undefined;
  /**
   * Follows a change of a candidate's connections or weight. Has no effect for a candidate that is not in the index.
   */
  update(candidate: T): void;
  /** Ends the index. The strategy keeps the order of the turns for the next one. */
  end?(): void;
}
