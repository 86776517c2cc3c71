import type { CacheInvalidator } from '@slipstream/cache';
import type { ChatStore } from '../chat.store.js';
import type { JobCancellation } from '../jobs/job-cancellation.js';
import type { JobStore } from '../jobs/job.store.js';
import type { RemovalStore } from './removal.store.js';

const CHATS_AT_A_TIME = 100;
/** A job may be as large as a database document. */
const JOBS_AT_A_TIME = 20;

/** Removes chats with all of their data: stops running jobs, then deletes the turns. */
export class ChatRemoval {
  constructor(
    private readonly chats: ChatStore,
    private readonly jobs: JobStore,
    private readonly cancellation: JobCancellation,
    private readonly invalidator: CacheInvalidator,
    private readonly removals: Pick<RemovalStore, 'begin'>,
  ) {}

  /** @returns whether the chat existed */
  async remove(id: string, userId: string): Promise<boolean> {
    await this.removals.begin('chat', id, userId);
    return this.finish(id, userId);
  }

  /** Removes the remaining data of the chat; can be repeated. @returns whether the chat existed */
  async finish(id: string, userId: string): Promise<boolean> {
    const existed = await this.chats.delete(id);
    await this.invalidator.chat({ id, userId });
    await this.removeTurns(id);
    return existed;
  }

  /**
   * Call it after storing data of a chat. If the chat was removed meanwhile, the data is removed here.
   * @returns whether the chat still exists
   */
  async isStillThere(id: string): Promise<boolean> {
    if (await this.chats.find(id)) return true;
    await this.removeTurns(id);
    return false;
  }

  async removeAllOf(userId: string): Promise<void> {
    for (let ids = await this.next(userId); ids.length > 0; ids = await this.next(userId)) {
      for (const id of ids) await this.remove(id, userId);
    }
  }

  private async removeTurns(chatId: string): Promise<void> {
    const open = (): Promise<string[]> => this.jobs.openIdsOf(chatId, JOBS_AT_A_TIME);
    for (let ids = await open(); ids.length > 0; ids = await open())
      await Promise.all(ids.map((id) => this.cancellation.discard(id)));
    await this.jobs.deleteOf(chatId);
  }

  private next(userId: string): Promise<string[]> {
    return this.chats.idsOf(userId, CHATS_AT_A_TIME);
  }
}
