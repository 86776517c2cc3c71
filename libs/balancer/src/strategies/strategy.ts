/** What a choice is made from: one backend at this moment. */
export interface Candidate {
  /** Stays the same as long as the backend is in the pool. */
  readonly id: string;
  /** Greater than 0. */
  readonly weight: number;
  /** Requests it is answering, for us and for every other gateway that we hear of. */
  readonly connections: number;
  /** How long it takes to begin an answer: peak EWMA, in ms; 0 when it was never asked. */
  readonly latencyMs: number;
}

/** Which of the backends that can take a request gets it. Knows nothing of health, limits or priorities. */
export interface Strategy {
  /**
   * @param key what the request is hashed by, where the strategy hashes
   * @returns undefined when there is no candidate
   */
  pick<T extends Candidate>(candidates: readonly T[], key?: string): T | undefined;
}
