import { DependencyUnavailableError } from '@slipstream/contracts';

/** The time that one request may wait for Redis, whatever it asks, all in all. */
export class WaitBudget {
  private leftMs: number;

  constructor(budgetMs: number) {
    this.leftMs = budgetMs;
  }

  /** @throws DependencyUnavailableError when the answer doesn't come in time; it may still come, to nobody */
  async spend<T>(answer: Promise<T>): Promise<T> {
    const start = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const expiry = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new DependencyUnavailableError('redis')), Math.max(0, this.leftMs));
    });
    try {
      return await Promise.race([answer, expiry]);
    } finally {
      clearTimeout(timer);
      this.leftMs -= performance.now() - start;
    }
  }
}
