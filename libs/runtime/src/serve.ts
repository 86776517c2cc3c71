import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import { loadConfig, unreadVariables, type Config, type ServiceName } from '@slipstream/config';
import {
  createManagement,
  runProcess,
  watchOpenFiles,
  type Lifecycle,
  type Management,
  type RunningProcess,
} from '@slipstream/health';
import { createTelemetry } from '@slipstream/telemetry';
import { METRICS_TOPIC, sumMetrics } from './processes/group-metrics.js';
import { soloGroup, type ProcessGroup } from './processes/process-group.js';
import { freePublicPort, sharesPortByKernel } from './processes/public-port.js';
import { graceMs, logLevel, managementOptions, processCount, publicAddress } from './process.options.js';
import { Supervisor } from './processes/supervisor.js';
import { WorkerGroup } from './processes/worker-group.js';
import type { CreateService, Ports, Service } from './service.js';
import type { StoreKind } from './stores/store-kinds.js';
import { openStores, type StoreNeeds, type Stores } from './stores/stores.js';

/**
 * Runs one service as a process: configuration, telemetry, stores, the service itself, its management listener; on
 * SIGTERM the same backwards. With `processes` set, as several that share its listeners.
 */
export function serve<K extends StoreKind>(
  name: ServiceName,
  needs: StoreNeeds<K>,
  create: CreateService<K>,
): Promise<void> {
  return runProcess(async (lifecycle) => {
    const config = await loadConfig({ service: name });
    const size = processCount(config);
    return cluster.isPrimary && size > 1 ? supervise(name, config, size) : run(config, { needs, create }, lifecycle);
  });
}

async function supervise(name: ServiceName, config: Config, size: number): Promise<RunningProcess> {
  const { logger } = createTelemetry({ processName: name, level: logLevel(config) });
  const { host, port } = publicAddress(config);
  const env: Record<string, string> = sharesPortByKernel ? { PORT: String(await freePublicPort(host, port)) } : {};
  const supervisor = new Supervisor({
    size,
    graceMs: graceMs(config),
    logger: logger.child({ service: 'supervisor' }),
    env,
  });
  await supervisor.start();
  return supervisor;
}

async function run<K extends StoreKind>(
  config: Config,
  { needs, create }: { needs: StoreNeeds<K>; create: CreateService<K> },
  lifecycle: Lifecycle,
): Promise<RunningProcess> {
  const name = config.service;
  const telemetry = createTelemetry({ processName: name, level: logLevel(config) });
  const group = groupOf();
  group.onSurvey(METRICS_TOPIC, () => telemetry.registry.getMetricsAsJSON());
  if (group.isFirst) for (const line of unreadVariables()) telemetry.logger.warn(line);
  const stores = await openStores(config, telemetry, needs);
  const ports: Ports<K> = { telemetry, stores, lifecycle, group };
  const service = await create(config, ports);
  const management = await managementOf(config, ports, service);
  telemetry.metrics.connections.show('management', () => management.connectionCounts());
  const managementUrl = await management.listen();
  const unwatchOpenFiles = watchOpenFiles(telemetry.logger);
  telemetry.logger.info({ managementUrl }, `${name} is up`);
  const { greeting } = service;
  if (greeting && group.isFirst)
    void whenReady(stores, lifecycle).then(
      () => process.stdout.write(`${greeting(managementUrl)}\n`),
      () => undefined,
    );
  if (group instanceof WorkerGroup) group.tellUp();
  return {
    logger: telemetry.logger,
    graceMs: graceMs(config),
    faultGraceMs: group instanceof WorkerGroup ? graceMs(config) : undefined,
    onFault(outcome) {
      telemetry.metrics.faults.observe(outcome);
      if (outcome === 'fatal' && group instanceof WorkerGroup) group.tellFailing();
    },
    drain: () => service.drain(),
    async close() {
      unwatchOpenFiles();
      await service.close();
      await Promise.all([management.close(), stores.close()]);
    },
  };
}

const groupOf = (): ProcessGroup => (cluster.worker ? new WorkerGroup(cluster.worker) : soloGroup());

/** A gateway without its stores still proxies, so for it an outage is `degraded`; the others can do nothing without. */
function managementOf(
  config: Config,
  { telemetry, stores, lifecycle, group }: Omit<Ports, 'stores'> & { stores: Pick<Stores, 'dependencies'> },
  service: Service,
): Promise<Management> {
  const isEssential = config.service !== 'gateway';
  return createManagement({
    ...managementOptions(config),
    ...service.management,
    indicators: stores.dependencies.map((dependency) => ({ ...dependency, isEssential })),
    lifecycle,
    metrics: async () =>
      group instanceof WorkerGroup ? sumMetrics(await group.survey(METRICS_TOPIC)) : telemetry.registry.metrics(),
    logger: telemetry.nestLogger,
  });
}

/** How often the stores are asked until they answer for the first time. */
const FIRST_CHECK_MS = 50;

/** Resolves when all stores have answered; rejects when the process is stopped before. */
async function whenReady({ dependencies }: Pick<Stores, 'dependencies'>, { draining }: Lifecycle): Promise<void> {
  for (const { check } of dependencies) {
    while (
      !(await check().then(
        () => true,
        () => false,
      ))
    )
      await delay(FIRST_CHECK_MS, undefined, { signal: draining });
  }
}
