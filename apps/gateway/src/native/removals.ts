import { Sweeper, type Stores } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import { ChatRemoval, type JobCancellation, UserRemoval } from '@slipstream/chats';

const SWEEP_MS = 5_000;
/** Last passes of one round. */
const BATCH = 100;

/** How chats and users are removed, and the sweeper that makes each removal's last pass. */
export interface Removals {
  chats: ChatRemoval;
  users: UserRemoval;
  sweeper: Sweeper;
}

export function createRemovals(stores: Stores, cancellation: JobCancellation, logger: Logger): Removals {
  const { removals, invalidator } = stores;
  const chats = new ChatRemoval(stores.chats, stores.jobs, cancellation, invalidator, removals);
  const users = new UserRemoval(
    stores.users,
    chats,
    [stores.notifications, stores.inbox, stores.notificationPreferences],
    invalidator,
    removals,
  );
  const sweep = (ending: AbortSignal): Promise<void> => makeLastPasses(stores, { chats, users }, ending);
  return { chats, users, sweeper: new Sweeper({ intervalMs: SWEEP_MS, sweep, logger }) };
}

async function makeLastPasses(
  stores: Stores,
  { chats, users }: Omit<Removals, 'sweeper'>,
  ending: AbortSignal,
): Promise<void> {
  for (let made = 0; made < BATCH && !ending.aborted; made += 1) {
    const removal = await stores.removals.takeDue();
    if (!removal) return;
    const { kind, id, userId } = removal;
    // One that is there was never deleted, or was made anew under its Idempotency-Key.
    if (kind === 'chat' && !(await stores.chats.find(id))) await chats.finish(id, userId);
    if (kind === 'user' && !(await stores.users.find(id))) await users.finish(id);
    await stores.removals.done(removal);
  }
}
