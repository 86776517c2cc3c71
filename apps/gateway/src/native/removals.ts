import { UserStore } from '@slipstream/access';
import { ChatRemoval, ChatStore, JobStore, RemovalStore, UserRemoval, type JobCancellation } from '@slipstream/chats';
import { DocumentStore } from '@slipstream/documents';
import { InboxStore, NotificationPreferenceStore, NotificationStore } from '@slipstream/notifications';
import { Sweeper, type Stores } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';

const SWEEP_MS = 5_000;
/** Last passes of one round. */
const BATCH = 100;

/** Removal of chats and users, and the sweeper of the last passes. */
export interface Removals {
  chats: ChatRemoval;
  users: UserRemoval;
  sweeper: Sweeper;
}

type RemovalStores = Pick<Stores, 'database' | 'invalidator'>;

export function createRemovals(stores: RemovalStores, cancellation: JobCancellation, logger: Logger): Removals {
  const { database, invalidator } = stores;
  const removals = database.get(RemovalStore);
  const chats = new ChatRemoval(database.get(ChatStore), database.get(JobStore), cancellation, invalidator, removals);
  const keptForUsers = [
    database.get(NotificationStore),
    database.get(InboxStore),
    database.get(NotificationPreferenceStore),
    database.get(DocumentStore),
  ];
  const users = new UserRemoval(database.get(UserStore), chats, keptForUsers, invalidator, removals);
  const sweep = (ending: AbortSignal): Promise<void> => makeLastPasses(database, { chats, users }, ending);
  return { chats, users, sweeper: new Sweeper({ intervalMs: SWEEP_MS, sweep, logger }) };
}

async function makeLastPasses(
  database: Stores['database'],
  { chats, users }: Omit<Removals, 'sweeper'>,
  ending: AbortSignal,
): Promise<void> {
  const removals = database.get(RemovalStore);
  for (let made = 0; made < BATCH && !ending.aborted; made += 1) {
    const removal = await removals.takeDue();
    if (!removal) return;
    const { kind, id, userId } = removal;
    // An existing one was never deleted, or was created again under its Idempotency-Key.
    if (kind === 'chat' && !(await database.get(ChatStore).find(id))) await chats.finish(id, userId);
    if (kind === 'user' && !(await database.get(UserStore).find(id))) await users.finish(id);
    await removals.done(removal);
  }
}
