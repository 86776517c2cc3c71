import type { CacheManager } from './cache-manager.js';
import { keys } from './keys.js';

/** Maps writes to stale keys, as the specification defines. Call it after the write is stored. */
export class CacheInvalidator {
  constructor(private readonly manager: CacheManager) {}

  /** `user:{id}` and `user_list` */
  async user(id: string): Promise<void> {
    await this.manager.delete(keys.user(id), keys.userList);
  }

  /** `chat:{id}` and `chat_list:{userId}` */
  async chat({ id, userId }: { id: string; userId: string }): Promise<void> {
    await this.manager.delete(keys.chat(id), keys.chatList(userId));
  }

  /** `document:{id}` and `document_list`, of all users and of its own */
  async document(id: string, userId?: string): Promise<void> {
    const own = userId === undefined ? [] : [keys.documentListOf(userId)];
    await this.manager.delete(keys.document(id), keys.documentList, ...own);
  }

  /** The same for documents of one user. */
  async documents(ids: readonly string[], userId: string): Promise<void> {
    await this.manager.delete(...ids.map(keys.document), keys.documentList, keys.documentListOf(userId));
  }

  /** `model:{id}` */
  async model(id: string): Promise<void> {
    await this.manager.delete(keys.model(id));
  }
}
