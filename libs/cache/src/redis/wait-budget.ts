import { DependencyUnavailableError, within } from '@slipstream/contracts';

/** The time that one request may wait for Redis, whatever it asks, all in all. */
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
