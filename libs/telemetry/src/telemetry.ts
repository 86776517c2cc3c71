import type { LoggerService } from '@nestjs/common';
import type { DestinationStream } from 'pino';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { AccessLog, type AccessLogSettings } from './access-log/access-log.js';
import { standardOutput, writerTo } from './access-log/line-writer.js';
import { createLogger, type LogLevel, type Logger } from './logger.js';
import { createMetrics, type Metrics } from './metrics.js';
import { nestLogger } from './nest-logger.js';
import { openTracer, type OpenTracer, type TracingSettings } from './tracing/open-tracer.js';

export interface TelemetryOptions {
  /** Name of the process in its log lines; each service in it adds its own as `service`. */
  processName: string;
  level: LogLevel;
  /** Version of the process, for its traces. Default: dev. */
  version?: string;
  /** Default: no tracing. */
  tracing?: TracingSettings;
  /** Destination of log lines. Default: standard output. */
  destination?: DestinationStream;
}

/** The logger and the registry of a process, which all of its services share. */
export interface Telemetry {
  logger: Logger;
  nestLogger: LoggerService;
  registry: Registry;
  metrics: Metrics;
  /** Absent: tracing is off. */
  tracer?: OpenTracer;
  /** Opens the access log, which goes where the other log lines go. Once. */
  openAccessLog(settings: AccessLogSettings): AccessLog;
}

export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { processName, level, version = 'dev', tracing, destination } = options;
  const logger = createLogger(processName, level, destination);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    logger,
    nestLogger: nestLogger(logger),
    registry,
    metrics: createMetrics(registry),
    tracer: tracing && openTracer(tracing, { name: processName, version, registry, logger }),
    openAccessLog: (settings) =>
      new AccessLog(
        settings,
        { process: processName, pid: process.pid },
        destination ? writerTo(destination) : standardOutput(),
        registry,
      ),
  };
}
