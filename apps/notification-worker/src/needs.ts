import { AccessModule } from '@slipstream/access';
import { NotificationsModule, inboxOptions } from '@slipstream/notifications';
import type { StoreNeeds } from '@slipstream/runtime';

export type NeededKind = 'database' | 'queue' | 'events';

/** The stores of the notification-worker. */
export const needs: StoreNeeds<NeededKind> = {
  kinds: ['database', 'queue', 'events'],
  modules: (config) => [AccessModule, NotificationsModule.with(inboxOptions(config))],
};
