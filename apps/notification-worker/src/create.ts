import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { Config } from '@slipstream/config';
import { QueueConsumer } from '@slipstream/rabbitmq';
import type { Ports, Service } from '@slipstream/runtime';

/** Messages in work at a time. */
const CONCURRENCY = 4;

/** Handlers of notification_queue's message types are controllers of this module. It has none yet: every message is a dead letter. */
@Module({})
class NotificationWorkerModule {}

/** The notification-worker at work: it takes messages from notification_queue. */
export async function create(_config: Config, { telemetry, stores }: Ports): Promise<Service> {
  const logger = telemetry.logger.child({ service: 'notification-worker' });
  const strategy = new QueueConsumer({ broker: stores.broker, queue: 'notification_queue', concurrency: CONCURRENCY, logger });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(NotificationWorkerModule, { strategy, logger: telemetry.nestLogger });
  await app.listen();
  return { drain: () => app.close(), close: async () => undefined };
}
