import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import type { Config } from '@slipstream/config';
import { QueueConsumer } from '@slipstream/rabbitmq';
import type { Ports, Service } from '@slipstream/runtime';
import { HANDLERS } from './handlers.js';
import type { NeededKind } from './needs.js';

/** Messages in work at a time. */
const CONCURRENCY = 4;

@Module({ controllers: [...HANDLERS.values()] })
class DocumentWorkerModule {}

/** The running document-worker: it consumes messages from document_queue. */
export async function create(_config: Config, { telemetry, stores }: Ports<NeededKind>): Promise<Service> {
  const logger = telemetry.logger.child({ service: 'document-worker' });
  const strategy = new QueueConsumer({
    broker: stores.broker,
    queue: 'document_queue',
    concurrency: CONCURRENCY,
    logger,
  });
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(DocumentWorkerModule, {
    strategy,
    logger: telemetry.nestLogger,
  });
  await app.listen();
  return { drain: () => app.close(), close: async () => undefined };
}
