import { CacheInvalidator } from '@slipstream/cache';
import type { ChatStore, JobStore } from '@slipstream/mongo';
import type { JobCancellation } from './job-cancellation.js';

const CHATS_AT_A_TIME = 100;

/** Removes chats with everything in them: what runs is stopped, then the turns are forgotten. */
export class ChatRemoval {
  constructor(
    private readonly chats: ChatStore,
    private readonly jobs: JobStore,
    private readonly cancellation: JobCancellation,
    private readonly invalidator: CacheInvalidator,
  ) {}

  /** @returns whether there was such a chat */
  async remove(id: string, userId: string): Promise<boolean> {
    const existed = await this.chats.delete(id);
    await this.invalidator.chat({ id, userId });
    await Promise.all((await this.jobs.openJobsOf(id)).map(({ _id }) => this.cancellation.discard(_id)));
    await this.jobs.deleteOf(id);
    return existed;
  }

  async removeAllOf(userId: string): Promise<void> {
    for (let ids = await this.next(userId); ids.length > 0; ids = await this.next(userId)) {
      for (const id of ids) await this.remove(id, userId);
    }
  }

  private next(userId: string): Promise<string[]> {
    return this.chats.idsOf(userId, CHATS_AT_A_TIME);
  }
}
