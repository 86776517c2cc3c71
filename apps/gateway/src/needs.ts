import { AccessModule } from '@slipstream/access';
import { ChatsModule } from '@slipstream/chats';
import { DocumentsModule } from '@slipstream/documents';
import { NotificationsModule, inboxOptions } from '@slipstream/notifications';
import type { StoreNeeds } from '@slipstream/runtime';
import { GatewayStoresModule } from './gateway-stores.module.js';

/** The stores of the gateway: all kinds. */
export const needs: StoreNeeds = {
  kinds: ['database', 'queue', 'events', 'cache', 'bus'],
  modules: (config) => [
    AccessModule,
    ChatsModule,
    NotificationsModule.with(inboxOptions(config)),
    DocumentsModule,
    GatewayStoresModule,
  ],
};
