import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { Config } from '@slipstream/config';
import { EmailChannel, InboxChannel, Templates, WebhookChannel } from '@slipstream/notifications';
import { FairPlaces, QueueConsumer } from '@slipstream/rabbitmq';
import { Sweeper, type Ports, type Service } from '@slipstream/runtime';
import { Delivery } from './delivery.js';
import { DeliveryTurns } from './delivery-turns.js';
import { Dispatch } from './dispatch.js';
import { LiveInbox } from './live-inbox.js';
import { NotificationWorkerModule } from './notification-worker.module.js';
import { wakeOverdueDeliveries, wakeOverdueDispatches } from './overdue-notifications.js';
import { Recipients } from './recipients.js';

/** What a worker needs beside the slowest receiver's time: for the database, before and after. */
const LEASE_MARGIN_MS = 10_000;

/** The notification-worker at work: it takes wake-ups from notification_queue and wakes what nobody took up. */
export async function create({ notifications: options }: Config, { telemetry, stores }: Ports): Promise<Service> {
  const { notifications, deliveries, notificationPreferences, users, inbox, broker, queue, log } = stores;
  const logger = telemetry.logger.child({ service: 'notification-worker' });
  const channels = {
    inbox: new InboxChannel(new LiveInbox(inbox, users, log, logger)),
    email: new EmailChannel(options.email),
    webhook: new WebhookChannel(options.webhook),
  };
  const recipients = new Recipients(users, notificationPreferences);
  const delivery = new Delivery(
    notifications,
    deliveries,
    recipients,
    channels,
    new Templates(options.templates),
    logger,
    { ...options, leaseMs: leaseMsOf(options) },
  );
  const dispatch = new Dispatch(notifications, notificationPreferences, deliveries, queue);
  const turns = new DeliveryTurns(
    delivery,
    new FairPlaces({ total: options.concurrency, isQuick: (channel) => channel === 'inbox' }),
  );
  const sweep = async (ending: AbortSignal): Promise<void> => {
    await wakeOverdueDispatches(notifications, queue, ending);
    await wakeOverdueDeliveries(deliveries, queue, ending);
  };
  const sweeper = new Sweeper({ intervalMs: options.sweepIntervalMs, sweep, logger });

  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    NotificationWorkerModule.with(dispatch, turns),
    {
      strategy: new QueueConsumer({ broker, queue: 'notification_queue', concurrency: options.concurrency, logger }),
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

const leaseMsOf = ({ webhook, email }: Config['notifications']): number =>
  Math.max(webhook.timeoutMs, email?.timeoutMs ?? 0) + LEASE_MARGIN_MS;
