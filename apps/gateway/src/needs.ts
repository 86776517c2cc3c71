import { AccessModule } from '@slipstream/access';
import { ChatsModule } from '@slipstream/chats';
import { NotificationsModule, inboxOptions } from '@slipstream/notifications';
import type { StoreNeeds } from '@slipstream/runtime';
import { GatewayStoresModule } from './gateway-stores.module.js';

/** The stores that the gateway names: all that there are. */
export const needs: StoreNeeds = {
  kinds: ['database', 'queue', 'events', 'cache', 'bus'],
  modules: (config) => [AccessModule, ChatsModule, NotificationsModule.with(inboxOptions(config)), GatewayStoresModule],
};
