import type { DatabasePool } from '@slipstream/mongo';
import { modelOn } from '@slipstream/mongo/testing';
import { DeliveryStore } from '../deliveries/delivery.store.js';
import { inboxModel } from '../inbox/inbox.schema.js';
import { InboxStore, type InboxOptions } from '../inbox/inbox.store.js';
import { NotificationPreferenceStore, preferenceModel } from '../notification-preference.store.js';
import { deliveryModel, notificationModel } from '../notification.schema.js';
import { NotificationStore } from '../notification.store.js';

/** The stores of this library on the database of a spec. */
export const notificationStoresOn = (pool: DatabasePool, inbox?: InboxOptions) => ({
  notifications: new NotificationStore(modelOn(pool, notificationModel), modelOn(pool, deliveryModel), pool),
  deliveries: new DeliveryStore(modelOn(pool, deliveryModel), pool),
  inbox: new InboxStore(modelOn(pool, inboxModel), pool, inbox),
  preferences: new NotificationPreferenceStore(modelOn(pool, preferenceModel), pool),
});
