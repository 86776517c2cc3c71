import type { LoggerService } from '@nestjs/common';
import type { DestinationStream } from 'pino';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { createLogger, type LogLevel, type Logger } from './logger.js';
import { createMetrics, type Metrics } from './metrics.js';
import { nestLogger } from './nest-logger.js';

export interface TelemetryOptions {
  /** Name of the process in its log lines; a service in it adds its own as `service`. */
  processName: string;
  level: LogLevel;
  /** Where log lines go. Default: standard output. */
  destination?: DestinationStream;
}

/** What a process reports through: one logger, one registry, however many services run in it. */
export interface Telemetry {
  logger: Logger;
  nestLogger: LoggerService;
  registry: Registry;
  metrics: Metrics;
}

export function createTelemetry({ processName, level, destination }: TelemetryOptions): Telemetry {
  const logger = createLogger(processName, level, destination);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return { logger, nestLogger: nestLogger(logger), registry, metrics: createMetrics(registry) };
}
