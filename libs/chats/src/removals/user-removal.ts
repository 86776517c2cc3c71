import type { CacheInvalidator } from '@slipstream/cache';
import type { ChatRemoval } from './chat-removal.js';
import type { RemovalStore } from './removal.store.js';

/** The store of users. */
interface Users {
  /** Returns the ids that belong to users. */
  existing(ids: readonly string[]): Promise<string[]>;
  /** @returns whether the user existed */
  delete(id: string): Promise<boolean>;
}

/** A store of objects that belong to users. */
interface KeptForUsers {
  /** Deletes all objects of the user. */
  deleteOf(userId: string): Promise<void>;
}

/** Removes users with all of their data. */
export class UserRemoval {
  constructor(
    private readonly users: Users,
    private readonly chats: Pick<ChatRemoval, 'removeAllOf'>,
    private readonly others: readonly KeptForUsers[],
    private readonly invalidator: Pick<CacheInvalidator, 'user'>,
    private readonly removals: Pick<RemovalStore, 'begin'>,
  ) {}

  /** @returns whether the user existed */
  async remove(userId: string): Promise<boolean> {
    if ((await this.users.existing([userId])).length === 0) return false;
    await this.removals.begin('user', userId, userId);
    if (!(await this.users.delete(userId))) return false;
    await this.finish(userId);
    return true;
  }

  /** Removes the remaining data of a removed user; can be repeated. */
  async finish(userId: string): Promise<void> {
    await this.invalidator.user(userId);
    await this.chats.removeAllOf(userId);
    await Promise.all(this.others.map((each) => each.deleteOf(userId)));
  }
}
