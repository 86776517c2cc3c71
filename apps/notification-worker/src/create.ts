import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { UserStore } from '@slipstream/access';
import type { Config } from '@slipstream/config';
import {
  Delivery,
  DeliveryStore,
  Dispatch,
  EmailChannel,
  InboxChannel,
  InboxStore,
  NotificationPreferenceStore,
  NotificationStore,
  Recipients,
  Templates,
  WebhookChannel,
  wakeOverdueDeliveries,
  wakeOverdueDispatches,
} from '@slipstream/notifications';
import { FairPlaces } from '@slipstream/rabbitmq';
import { QueueConsumer } from '@slipstream/rabbitmq/nest';
import { Sweeper, type Ports, type Service } from '@slipstream/runtime';
import { DeliveryTurns } from './delivery-turns.js';
import { LiveInbox } from './live-inbox.js';
import type { NeededKind } from './needs.js';
import { NotificationWorkerModule } from './notification-worker.module.js';
import {
  concurrencyOf,
  deliveryOptions,
  emailOptions,
  sweepIntervalMs,
  templatesOf,
  webhookOptions,
} from './notification-worker.options.js';

/**
 * The running notification-worker: it consumes wake-ups from notification_queue, and publishes wake-ups of overdue
 * work.
 */
export async function create(config: Config, { telemetry, stores }: Ports<NeededKind>): Promise<Service> {
  const { database, broker, queue, log } = stores;
  const notifications = database.get(NotificationStore);
  const deliveries = database.get(DeliveryStore);
  const preferences = database.get(NotificationPreferenceStore);
  const users = database.get(UserStore);
  const logger = telemetry.logger.child({ service: 'notification-worker' });
  const channels = {
    inbox: new InboxChannel(new LiveInbox(database.get(InboxStore), users, log, logger)),
    email: new EmailChannel(emailOptions(config)),
    webhook: new WebhookChannel(webhookOptions(config)),
  };
  const concurrency = concurrencyOf(config);
  const recipients = new Recipients(users, preferences);
  const delivery = new Delivery(
    notifications,
    deliveries,
    recipients,
    channels,
    new Templates(templatesOf(config)),
    logger,
    deliveryOptions(config),
    telemetry.tracer,
  );
  const dispatch = new Dispatch(notifications, preferences, deliveries, queue);
  const turns = new DeliveryTurns(
    delivery,
    new FairPlaces({ total: concurrency, isQuick: (channel) => channel === 'inbox' }),
  );
  const sweep = async (ending: AbortSignal): Promise<void> => {
    await wakeOverdueDispatches(notifications, queue, ending);
    await wakeOverdueDeliveries(deliveries, queue, ending);
  };
  const sweeper = new Sweeper({ intervalMs: sweepIntervalMs(config), sweep, logger });

  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    NotificationWorkerModule.with(dispatch, turns),
    {
      strategy: new QueueConsumer({ broker, queue: 'notification_queue', concurrency, logger }),
      logger: telemetry.nestLogger,
    },
  );
  await app.listen();
  sweeper.start();

  return {
    async drain() {
      turns.drain();
      await sweeper.stop();
      await app.close();
    },
    close: async () => undefined,
  };
}
