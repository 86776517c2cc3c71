import { DependencyUnavailableError, within } from '@slipstream/contracts';

/** The total time that one call may wait for Redis. */
export class WaitBudget {
  private leftMs: number;

  constructor(budgetMs: number) {
    this.leftMs = budgetMs;
  }

  /** @throws DependencyUnavailableError if the answer does not arrive in time; a late answer is dropped */
  async spend<T>(answer: Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await within(answer, Math.max(0, this.leftMs), () => {
        throw new DependencyUnavailableError('redis');
      });
    } finally {
      this.leftMs -= performance.now() - start;
    }
  }
}
