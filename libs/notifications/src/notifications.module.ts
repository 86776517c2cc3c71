import { Module, type DynamicModule } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { DeliveryStore } from './deliveries/delivery.store.js';
import { inboxModel } from './inbox/inbox.schema.js';
import { INBOX_OPTIONS, InboxStore, type InboxOptions } from './inbox/inbox.store.js';
import { NotificationPreferenceStore, preferenceModel } from './notification-preference.store.js';
import { deliveryModel, notificationModel } from './notification.schema.js';
import { NotificationStore } from './notification.store.js';

const STORES = [NotificationStore, DeliveryStore, InboxStore, NotificationPreferenceStore];

/** The stores of notifications. The importing application provides the connection. */
@Module({
  imports: [MongooseModule.forFeature([notificationModel, deliveryModel, inboxModel, preferenceModel])],
  providers: STORES,
  exports: STORES,
})
export class NotificationsModule {
  static with(inbox: InboxOptions): DynamicModule {
    return { module: NotificationsModule, providers: [{ provide: INBOX_OPTIONS, useValue: inbox }] };
  }
}
