import type { CacheInvalidator } from '@slipstream/cache';
import type { ChatRemoval } from './chat-removal.js';
import type { RemovalStore } from './removal.store.js';

/** Where users are kept. */
interface Users {
  /** Those of the ids that are users' ids. */
  existing(ids: readonly string[]): Promise<string[]>;
  /** @returns whether there was such a user */
  delete(id: string): Promise<boolean>;
}

/** A store of what belongs to users. */
interface KeptForUsers {
  /** Deletes all that belongs to this user. */
  deleteOf(userId: string): Promise<void>;
}

/** Removes users with all that belongs to them. */
export class UserRemoval {
  constructor(
    private readonly users: Users,
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
