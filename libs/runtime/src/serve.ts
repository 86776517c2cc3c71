import cluster from 'node:cluster';
import { setTimeout as delay } from 'node:timers/promises';
import {
  loadConfigSnapshot,
  unreadVariables,
  type Config,
  type ConfigSnapshot,
  type ServiceName,
} from '@slipstream/config';
import { heapOptions, isHeapBounded } from '@slipstream/config/heap';
import {
  createManagement,
  runProcess,
  watchOpenFiles,
  type Lifecycle,
  type Management,
  type RunningProcess,
} from '@slipstream/health';
import { createTelemetry, setLogLevel, showBuild, type Telemetry } from '@slipstream/telemetry';
import { remindOfMissing } from './missing-stores.js';
import { METRICS_TOPIC, sumMetrics } from './processes/group-metrics.js';
import { soloGroup, type ProcessGroup } from './processes/process-group.js';
import { freePublicPort, sharesPortByKernel } from './processes/public-port.js';
import { releaseStartMemory } from './processes/release-start-memory.js';
import {
  graceMs,
  logLevel,
  managementOptions,
  processCount,
  publicAddress,
  tracingOptions,
} from './process.options.js';
import { Supervisor } from './processes/supervisor.js';
import { WorkerGroup } from './processes/worker-group.js';
import type { Ports, Service, ServiceParts } from './service.js';
import { GroupReload } from './settings/group-reload.js';
import { LiveSettings } from './settings/live-settings.js';
import { showReloads } from './settings/reload-metrics.js';
import { RELOAD_LINKS, reloadModule } from './settings/reload.module.js';
import { version } from './settings/version.js';
import type { StoreKind } from './stores/store-kinds.js';
import { openStores, type Stores } from './stores/stores.js';

/**
 * Runs one service as a process: configuration, telemetry, stores, the service itself, its management listener; on
 * SIGTERM it closes them in reverse order. With `processes`, it runs several processes that share its listeners.
 */
export function serve<K extends StoreKind>(name: ServiceName, load: () => Promise<ServiceParts<K>>): Promise<void> {
  return runProcess(async (lifecycle) => {
    const snapshot = await loadConfigSnapshot({ service: name });
    const size = processCount(snapshot.config);
    return cluster.isPrimary && size > 1
      ? supervise(name, snapshot.config, size)
      : run(snapshot, await load(), lifecycle);
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
    nodeOptions: isHeapBounded() ? [] : heapOptions(config),
  });
  await supervisor.start();
  return supervisor;
}

async function run<K extends StoreKind>(
  snapshot: ConfigSnapshot,
  { needs, create }: ServiceParts<K>,
  lifecycle: Lifecycle,
): Promise<RunningProcess> {
  const telemetry = telemetryOf(snapshot.config);
  const group = groupOf();
  const settings = liveSettings(snapshot, telemetry);
  const config = settings.fixed;
  group.onGather(METRICS_TOPIC, () => telemetry.registry.getMetricsAsJSON());
  if (group.isFirst) for (const line of unreadVariables()) telemetry.logger.warn(line);
  const stores = await openStores(config, telemetry, needs);
  const ports: Ports<K> = { telemetry, stores, lifecycle, group, settings };
  const service = await create(config, ports);
  const reloads = new GroupReload(settings, group);
  const management = await managementOf(config, { ...ports, reloads }, service);
  telemetry.metrics.connections.show('management', () => management.connectionCounts());
  releaseStartMemory();
  const managementUrl = await management.listen();
  const stopWatching = [watchOpenFiles(telemetry.logger), remindOfMissing(stores.dependencies, telemetry.logger)];
  telemetry.logger.info({ managementUrl }, `${config.service} is up`);
  const { greeting } = service;
  if (greeting && group.isFirst)
    void whenReady(stores, lifecycle).then(
      async () => process.stdout.write(`${await greeting(managementUrl)}\n`),
      () => undefined,
    );
  if (group instanceof WorkerGroup) group.reportUp();
  return {
    logger: telemetry.logger,
    get graceMs() {
      return graceMs(settings.current);
    },
    get fatalGraceMs() {
      return group instanceof WorkerGroup ? graceMs(settings.current) : undefined;
    },
    reload: () => settings.reload(),
    onUncaughtError(outcome) {
      telemetry.metrics.uncaughtErrors.observe(outcome);
      if (outcome === 'fatal' && group instanceof WorkerGroup) group.reportFailing();
    },
    drain: () => service.drain(),
    async close() {
      for (const stop of stopWatching) stop();
      await service.close();
      await Promise.all([management.close(), stores.close()]);
      await telemetry.tracer?.close();
    },
  };
}

const telemetryOf = (config: Config): Telemetry =>
  createTelemetry({
    processName: config.service,
    version,
    level: logLevel(config),
    tracing: tracingOptions(config),
  });

function liveSettings(snapshot: ConfigSnapshot, { logger, registry }: Telemetry): LiveSettings {
  const settings = new LiveSettings(snapshot, logger);
  settings.follow(logLevel, (level) => setLogLevel(logger, level));
  showReloads(settings, registry);
  showBuild(registry, { service: snapshot.config.service, version });
  return settings;
}

const groupOf = (): ProcessGroup => (cluster.worker ? new WorkerGroup(cluster.worker) : soloGroup());

/**
 * A gateway without its stores still proxies, so an outage makes it `degraded`; the other services can't work without
 * them.
 */
function managementOf(
  config: Config,
  {
    telemetry,
    stores,
    lifecycle,
    group,
    reloads,
  }: Omit<Ports, 'stores'> & { stores: Pick<Stores, 'dependencies'>; reloads: GroupReload },
  service: Service,
): Promise<Management> {
  const isEssential = config.service !== 'gateway';
  return createManagement({
    ...managementOptions(config),
    ...service.management,
    links: [...(service.management?.guard ? RELOAD_LINKS : []), ...(service.management?.links ?? [])],
    modules: [...(service.management?.modules ?? []), ...(service.management?.guard ? [reloadModule(reloads)] : [])],
    indicators: [
      ...stores.dependencies.map((dependency) => ({ ...dependency, isEssential })),
      ...(service.management?.indicators ?? []),
    ],
    lifecycle,
    metrics: async () =>
      group instanceof WorkerGroup ? sumMetrics(await group.gather(METRICS_TOPIC)) : telemetry.registry.metrics(),
    logger: telemetry.nestLogger,
  });
}

/** Interval of checking the stores until all have answered once. */
const FIRST_CHECK_MS = 50;

/** Resolves when all stores have answered; rejects if the process is stopped first. */
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
