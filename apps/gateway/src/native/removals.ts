import { UserStore } from '@slipstream/access';
import {
  ChatRemoval,
  ChatStore,
  JobStore,
  RemovalStore,
  UserRemoval,
  makeLastPasses,
  type JobCancellation,
} from '@slipstream/chats';
import { DocumentStore } from '@slipstream/documents';
import { InboxStore, NotificationPreferenceStore, NotificationStore } from '@slipstream/notifications';
import { Sweeper, type Stores } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import { DocumentsOfUsers } from './documents/documents-of-users.js';

const SWEEP_MS = 5_000;

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
  const [chatStore, userStore] = [database.get(ChatStore), database.get(UserStore)];
  const chats = new ChatRemoval(chatStore, database.get(JobStore), cancellation, invalidator, removals);
  const keptForUsers = [
    database.get(NotificationStore),
    database.get(InboxStore),
    database.get(NotificationPreferenceStore),
    new DocumentsOfUsers(database.get(DocumentStore), invalidator),
  ];
  const users = new UserRemoval(userStore, chats, keptForUsers, invalidator, removals);
  const kinds = {
    chat: {
      exists: async (id: string) => (await chatStore.find(id)) !== null,
      finish: (id: string, userId: string) => chats.finish(id, userId),
    },
    user: {
      exists: async (id: string) => (await userStore.find(id)) !== null,
      finish: (id: string) => users.finish(id),
    },
  };
  const sweep = (ending: AbortSignal): Promise<void> => makeLastPasses(removals, kinds, ending);
  return { chats, users, sweeper: new Sweeper({ intervalMs: SWEEP_MS, sweep, logger }) };
}
