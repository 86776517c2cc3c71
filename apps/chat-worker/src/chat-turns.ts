import type { JobStore } from '@slipstream/mongo';
import type { Generation } from './generation.js';

/**
 * Works through the open jobs of one chat, oldest first. Whoever holds a chat's oldest job goes on to its next, so a
 * wake-up that finds the chat busy has nothing to do.
 */
export class ChatTurns {
  private draining = false;

  constructor(
    private readonly jobs: JobStore,
    private readonly generation: Generation,
    private readonly leaseMs: number,
  ) {}

  /** From now on a chat is left after the job that runs; what remains is the sweeper's, in another worker. */
  drain(): void {
    this.draining = true;
  }

  async work(chatId: string): Promise<void> {
    while (!this.draining) {
      const claim = await this.jobs.claim(chatId, this.leaseMs);
      if (claim.outcome !== 'claimed') return;
      await this.generation.run(claim.job);
    }
  }
}
