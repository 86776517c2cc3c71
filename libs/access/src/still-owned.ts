import type { UserStore } from './user.store.js';

/** A store of objects that belong to users. */
export interface KeptForUsers {
  /** Deletes all objects of the user. */
  deleteOf(userId: string): Promise<void>;
}

/**
 * Call it after storing an object of a user. If the user was removed meanwhile, the removal may have missed the object,
 * so it is deleted here. A removal deletes the user's document first, which makes this check sufficient.
 * @returns whether the user still exists
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
