import 'reflect-metadata';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module, type DynamicModule, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { StartupError } from '@slipstream/contracts';
import { ConnectionLimit, limitWriteIdle, type ConnectionCounts, type WriteIdleLimits } from '@slipstream/http';
import { runInContext } from '@slipstream/telemetry';
import { boundJsonBodies } from './json-bodies.js';
import { HealthController, INDICATORS } from './health.controller.js';
import type { Indicator } from './indicator.js';
import { Lifecycle } from './lifecycle.js';
import { MANAGEMENT_SERVER, identifyRequests, refuseAsPublic } from './management-server.js';
import { IndexPageController, LINKS, type ManagementLink } from './index-page.controller.js';
import { METRICS, MetricsController } from './metrics.controller.js';
import { ProblemFilter } from './problem.filter.js';

export interface ManagementOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Accepted host names besides addresses and names of private networks. Others are refused. Default: none. */
  allowedHosts?: readonly string[];
  indicators: readonly Indicator[];
  lifecycle: Lifecycle;
  /** Returns all metrics, in Prometheus' text format. */
  metrics: () => Promise<string>;
  logger: LoggerService;
  /** Modules of the service: admin controllers, documentation. */
  modules?: readonly (Type | DynamicModule)[];
  /** Links of the index page, besides those to health and metrics. */
  links?: readonly ManagementLink[];
  /** Called for every path except `/`, health and metrics. It throws a SlipstreamError to refuse a request. */
  guard?: (request: IncomingMessage) => Promise<void>;
  /** Time after which a client that accepts no data is disconnected. Default: a minute; for an event stream five. */
  writeIdle?: WriteIdleLimits;
  /** Called before it listens. */
  configure?: (app: NestFastifyApplication) => void;
}

export interface Management {
  /** @returns its URL @throws StartupError if it can't listen */
  listen(): Promise<string>;
  connectionCounts(): ConnectionCounts;
  close(): Promise<void>;
}

/** Operators, probes and scrapers are few; the limit per address leaves capacity to the others. */
const CONNECTION_LIMITS = { maxConnections: 256, maxConnectionsPerAddress: 128 };
/** The defaults of the public listener. */
const WRITE_IDLE = { idleMs: 60_000, streamIdleMs: 300_000 };
const KEYLESS = /^\/(?:(?:health|metrics|docs)(?:[/?-].*)?)?$/;

@Module({})
class ManagementModule {}

/** The listener for operators: health, metrics and routes of the service. */
export async function createManagement(options: ManagementOptions): Promise<Management> {
  const { host, port, allowedHosts = [], guard, logger, writeIdle = WRITE_IDLE } = options;
  const app = await NestFactory.create<NestFastifyApplication>(
    managementModule(options),
    new FastifyAdapter(MANAGEMENT_SERVER),
    {
      logger,
      // Fastify's own parser accepts JSON only. Nest's accepts forms too, which curl -d sends by default.
      bodyParser: false,
      forceCloseConnections: true,
    },
  );
  app.useGlobalFilters(
    new ProblemFilter(
      (error, requestId) => runInContext({ requestId }, () => logger.error(error)),
      ({ id }) => id,
    ),
  );
  const fastify = app.getHttpAdapter().getInstance();
  identifyRequests(fastify);
  refuseAsPublic(fastify, allowedHosts);
  boundJsonBodies(fastify);
  if (guard) fastify.addHook('onRequest', async ({ raw }) => KEYLESS.test(raw.url ?? '') || guard(raw));
  options.configure?.(app);
  const server = app.getHttpServer() as Server;
  limitWriteIdle(server, writeIdle);
  const connections = new ConnectionLimit(CONNECTION_LIMITS, (refusals) =>
    logger.warn(
      'connections refused: the management listener has 256 open, or one address has 128; close unused ones',
      refusals,
    ),
  );
  connections.guard(server);
  return {
    async listen() {
      await app.listen(port, host).catch((error: unknown) => {
        throw cannotListen(error, 'management', host, port, 'MANAGEMENT_PORT');
      });
      const { address, port: taken } = server.address() as AddressInfo;
      return `http://${address.includes(':') ? `[${address}]` : address}:${taken}`;
    },
    connectionCounts: () => connections.counts(),
    close() {
      connections.close();
      return app.close();
    },
  };
}

/** The one line for a listener that fails to listen. */
export function cannotListen(
  error: unknown,
  listener: string,
  host: string,
  port: number,
  variable: string,
): StartupError {
  const code = (error as NodeJS.ErrnoException).code;
  const why =
    code === 'EADDRINUSE'
      ? `another process listens there; end it, or choose another port with ${variable}`
      : code === 'EACCES'
        ? `permission denied; choose a port above 1023 with ${variable}`
        : `the operating system returned ${code ?? String(error)}; check the host and ${variable}`;
  return new StartupError(`The ${listener} listener can't listen at ${host}:${port}: ${why}.`, { cause: error });
}

function managementModule({
  modules = [],
  links = [],
  indicators,
  lifecycle,
  metrics,
}: ManagementOptions): DynamicModule {
  return {
    module: ManagementModule,
    imports: [TerminusModule.forRoot({ logger: false }), ...modules],
    controllers: [IndexPageController, HealthController, MetricsController],
    providers: [
      { provide: INDICATORS, useValue: indicators },
      { provide: Lifecycle, useValue: lifecycle },
      { provide: METRICS, useValue: metrics },
      { provide: LINKS, useValue: links },
    ],
  };
}
