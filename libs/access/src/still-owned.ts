import type { UserStore } from './user.store.js';

/** A store of what belongs to users. */
export interface KeptForUsers {
  /** Deletes all that belongs to this user. */
  deleteOf(userId: string): Promise<void>;
}

/**
 * To be called after something was stored for a user: if the user was removed meanwhile, the removal may have passed
 * by before, so it is deleted here. The user's document goes first in a removal, which makes this check sufficient.
 * @returns whether the user is still there
 */
export async function isStillOwned(
  users: Pick<UserStore, 'existing'>,
  userId: string,
  stored: KeptForUsers,
): Promise<boolean> {
  if ((await users.existing([userId])).length > 0) return true;
  await stored.deleteOf(userId);
  return false;
}
