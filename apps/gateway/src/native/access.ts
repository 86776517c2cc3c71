import { keys, type CacheManager } from '@slipstream/cache';
import type { ChatStore, JobDocument, JobStore } from '@slipstream/chats';
import { InvalidInputError, NotFoundError, mayActFor, type Chat, type Principal } from '@slipstream/contracts';

/** Access of a caller. Objects of other users are answered like missing ones, so that ids can't be probed. */
export class Access {
  constructor(
    private readonly cache: CacheManager,
    private readonly chats: ChatStore,
    private readonly jobs: JobStore,
  ) {}

  /** @throws NotFoundError `user_not_found` */
  requireUser(principal: Principal, userId: string): void {
    if (!mayActFor(principal, userId)) throw new NotFoundError('user', userId);
  }

  /** The user that the call acts for. @throws InvalidInputError `user_required` */
  userOf({ userId }: Principal): string {
    if (userId === undefined) throw new InvalidInputError('user_required');
    return userId;
  }

  /**
   * A missing chat is not cached, because a client can try any number of ids.
   * @throws NotFoundError `chat_not_found`
   */
  async chat(principal: Principal, chatId: string): Promise<Chat> {
    const chat = await this.cache.getOrLoad(
      keys.chat(chatId),
      async () => (await this.chats.find(chatId)) ?? undefined,
    );
    if (!chat || !mayActFor(principal, chat.userId)) throw new NotFoundError('chat', chatId);
    return chat;
  }

  /** @throws NotFoundError `job_not_found` */
  async job(principal: Principal, jobId: string): Promise<JobDocument> {
    const job = await this.jobs.find(jobId);
    if (!job || !mayActFor(principal, job.userId)) throw new NotFoundError('job', jobId);
    return job;
  }
}
