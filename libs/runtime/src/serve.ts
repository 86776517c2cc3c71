import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig, type Config, type ServiceName } from '@slipstream/config';
import { createManagement, runProcess, type Lifecycle, type Management } from '@slipstream/health';
import { createTelemetry } from '@slipstream/telemetry';
import type { CreateService, Ports, Service } from './service.js';
import { openStores, type Stores } from './stores.js';

/**
 * Runs one service as a process: configuration, telemetry, stores, the service itself, its management listener; on
 * SIGTERM the same backwards.
 */
export function serve(name: ServiceName, create: CreateService): Promise<void> {
  return runProcess(async (lifecycle) => {
    const config = await loadConfig({ service: name });
    const telemetry = createTelemetry({ processName: name, level: config.log.level });
    const stores = openStores(config, telemetry);
    const ports: Ports = { telemetry, stores, lifecycle };
    const service = await create(config, ports);
    const management = await managementOf(config, ports, service);
    const managementUrl = await management.listen();
    telemetry.logger.info({ managementUrl }, `${name} is up`);
    const { greeting } = service;
    if (greeting) void whenReady(stores, lifecycle).then(() => process.stdout.write(`${greeting(managementUrl)}\n`), () => undefined);
    return {
      logger: telemetry.logger,
      graceMs: config.shutdown.graceMs,
      drain: () => service.drain(),
      async close() {
        await service.close();
        await Promise.all([management.close(), stores.close()]);
      },
    };
  });
}

/** A gateway without its stores still proxies, so for it an outage is `degraded`; the others can do nothing without. */
function managementOf(config: Config, { telemetry, stores, lifecycle }: Ports, service: Service): Promise<Management> {
  const isEssential = config.service !== 'gateway';
  return createManagement({
    ...config.management,
    ...service.management,
    indicators: stores.dependencies.map((dependency) => ({ ...dependency, isEssential })),
    lifecycle,
    registry: telemetry.registry,
    logger: telemetry.nestLogger,
  });
}

/** How often the stores are asked until they answer for the first time. */
const FIRST_CHECK_MS = 50;

/** Resolves when all stores have answered; rejects when the process is stopped before. */
async function whenReady({ dependencies }: Stores, { draining }: Lifecycle): Promise<void> {
  for (const { check } of dependencies) {
    while (!(await check().then(() => true, () => false))) await delay(FIRST_CHECK_MS, undefined, { signal: draining });
  }
}
