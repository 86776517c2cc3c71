import { AccessModule } from '@slipstream/access';
import { ChatsModule } from '@slipstream/chats';
import { DocumentsModule } from '@slipstream/documents';
import { NotificationsModule, inboxOptions } from '@slipstream/notifications';
import type { StoreNeeds } from '@slipstream/runtime';

export type NeededKind = 'database' | 'queue' | 'events';

/** The stores of the chat-worker. */
export const needs: StoreNeeds<NeededKind> = {
  kinds: ['database', 'queue', 'events'],
  modules: (config) => [AccessModule, ChatsModule, DocumentsModule, NotificationsModule.with(inboxOptions(config))],
};
