import type { CacheInvalidator } from '@slipstream/cache';
import type { KeptForUsers, RemovalStore, UserStore } from '@slipstream/mongo';
import type { ChatRemoval } from './chat-removal.js';

/** Removes users with all that belongs to them. */
export class UserRemoval {
  constructor(
    private readonly users: Pick<UserStore, 'delete' | 'existing'>,
    private readonly chats: Pick<ChatRemoval, 'removeAllOf'>,
    private readonly others: readonly KeptForUsers[],
    private readonly invalidator: Pick<CacheInvalidator, 'user'>,
    private readonly removals: Pick<RemovalStore, 'begin'>,
  ) {}

  /** @returns whether there was such a user */
  async remove(userId: string): Promise<boolean> {
    if ((await this.users.existing([userId])).length === 0) return false;
    await this.removals.begin('user', userId, userId);
    if (!(await this.users.delete(userId))) return false;
    await this.finish(userId);
    return true;
  }

  /** Removes what is there of a user who is gone; harmless when done again. */
  async finish(userId: string): Promise<void> {
    await this.invalidator.user(userId);
    await this.chats.removeAllOf(userId);
    await Promise.all(this.others.map((each) => each.deleteOf(userId)));
  }
}
