import { readFile } from 'node:fs/promises';
import { BackendRegistry, LoadBalancer, type BackendOptions } from '@slipstream/balancer';
import type { Config } from '@slipstream/config';
import { messageOf, StartupError } from '@slipstream/contracts';
import { viaPseudonym, type RequestBodyBudget, type SendError } from '@slipstream/http';
import { createWebProxy, type Caching, type WebProxy } from '@slipstream/proxy';
import type { Settings } from '@slipstream/runtime';
import type { Logger } from '@slipstream/telemetry';
import { probeHealth, type BackendTlsOptions } from '@slipstream/upstream';
import { BackendOverlay, type BackendOverlayPorts } from './backends/backend-overlay.js';
import type { BackendOverlayStore } from './backends/backend-overlay.store.js';
import { FileOverlayStore } from './backends/file-overlay.store.js';
import { noCopy, OverlayFile } from './backends/overlay-file.js';
import type { ChangeablePool } from './backends/pool-directory.js';
import type { ClusterBus } from './cluster-bus/cluster-bus.js';
import { shareLoads } from './cluster-bus/load-sharing.js';
import { sendWebError } from './http/error-page.js';
import {
  balancerLimits,
  balancerOptions,
  checkOptions,
  errorPageFileOf,
  overlayOptions,
  probeOptions,
  proxyLimits,
  proxyOptions,
  registryOptions,
  tlsOptions,
} from './web-pool.options.js';

/** The web pool: its backends, the choice among them, and the requests to them. */
export interface WebPool extends ChangeablePool {
  balancer: LoadBalancer;
  proxy: WebProxy;
  /** Leaves running requests alone, and ends everything else. */
  close(): Promise<void>;
}

/** Dependencies of the pool. */
export interface WebPoolPorts {
  overlays: BackendOverlayStore;
  clusterBus: ClusterBus;
  /** Absent: no caching. */
  caching: Caching | undefined;
  /** Memory for request bodies. */
  bodies: RequestBodyBudget;
  /** Called for each unexpected error that ended one answer. */
  onUncaughtError: () => void;
  settings: Settings;
  logger: Logger;
}

const NAME = 'web';

/** Resolves when the changes at run time are applied, or can't be read yet. */
export async function createWebPool(
  config: Config,
  { overlays, clusterBus, caching, bodies, onUncaughtError, settings, logger }: WebPoolPorts,
): Promise<WebPool> {
  const { caFile, serverName } = tlsOptions(config);
  const shared = {
    pseudonym: viaPseudonym(),
    tls: { ca: caFile === undefined ? undefined : await readFile(caFile, 'utf8'), serverName },
  };
  const balancer = createBalancer(config, shared, { clusterBus, settings, logger });
  const refuse = await errorAnswers(config);
  const answering = { ...shared, caching, bodies, onUncaughtError, refuse };
  const proxy = createProxy(config, balancer, answering, { settings, logger });
  const setBackends = (backends: readonly BackendOptions[]): void => {
    balancer.setBackends(backends);
    proxy.setBackends(backends.map(({ url }) => url));
  };
  const registry: BackendRegistry = new BackendRegistry({
    ...settings.follow(registryOptions, (options) => registry.setConfigured(requireSome(options))),
    onChange: setBackends,
    logger,
  });
  const overlay = new BackendOverlay({
    pool: NAME,
    ...overlayPortsOf(config, { overlays, logger }),
    apply: (overrides) => registry.setOverlay(overrides),
    announce: () => clusterBus.publish({ type: 'backends', pool: NAME }),
    logger,
  });
  clusterBus.listen((message) => {
    if (message.pool !== NAME) return;
    if (message.type === 'check') balancer.reportCheck(message.url, message.result);
    if (message.type === 'backends') void overlay.refresh();
  });
  const endSharing = shareLoads(balancer, clusterBus);
  await overlay.start();
  registry.start();
  balancer.start();
  return {
    name: NAME,
    balancer,
    proxy,
    configured: () => registryOptions(settings.current).configured.map(({ url }) => url),
    backends: () => balancer.backends(),
    change: (decide) => overlay.change(decide),
    async close() {
      endSharing();
      overlay.close();
      registry.close();
      await proxy.close();
    },
  };
}

/** A file that is the store itself has no copy. */
function overlayPortsOf(
  config: Config,
  { overlays, logger }: Pick<WebPoolPorts, 'overlays' | 'logger'>,
): Pick<BackendOverlayPorts, 'store' | 'file'> {
  const { store, path } = overlayOptions(config);
  return store === 'file'
    ? { store: new FileOverlayStore(path, logger), file: noCopy(path) }
    : { store: overlays, file: new OverlayFile(path) };
}

/** @throws StartupError if the custom page can't be read */
async function errorAnswers(config: Config): Promise<SendError> {
  const file = errorPageFileOf(config);
  if (file === undefined) return sendWebError();
  return readFile(file, 'utf8').then(sendWebError, (error: unknown) => {
    throw new StartupError(`web.errorPageFile can't be read: ${messageOf(error)}. Correct the path, or leave it out.`, {
      cause: error,
    });
  });
}

/** Shared parts of requests and health checks. */
interface UpstreamOptions {
  pseudonym: string;
  tls: BackendTlsOptions;
}

type Registered = ReturnType<typeof registryOptions>;

/** @throws StartupError if a pool in use would lose all of its backends */
function requireSome(options: Registered): Registered {
  if (options.configured.length === 0)
    throw new StartupError('web.backends: names no backend; keep one, or restart without a web pool');
  return options;
}

/** Dependencies of the pool's parts. */
type Ports = Pick<WebPoolPorts, 'settings' | 'logger'>;

function createBalancer(
  config: Config,
  shared: UpstreamOptions,
  { clusterBus, settings, logger }: Ports & { clusterBus: ClusterBus },
): LoadBalancer {
  const healthCheckOf = (current: Config) => ({
    ...checkOptions(current),
    probe: probeHealth({ ...probeOptions(current), ...shared }),
  });
  const balancer: LoadBalancer = new LoadBalancer({
    ...balancerOptions(config),
    ...settings.follow(balancerLimits, (limits) => balancer.setLimits(limits)),
    name: NAME,
    backends: [],
    healthCheck: settings.follow(healthCheckOf, (options) => balancer.setHealthCheck(options)),
    onCheck: (url, result) => clusterBus.publish({ type: 'check', pool: NAME, url, result: { ...result } }),
    logger,
  });
  return balancer;
}

function createProxy(
  config: Config,
  balancer: LoadBalancer,
  more: UpstreamOptions & Pick<WebPoolPorts, 'caching' | 'bodies' | 'onUncaughtError'> & { refuse: SendError },
  { settings, logger }: Ports,
): WebProxy {
  const proxy: WebProxy = createWebProxy({
    ...proxyOptions(config),
    ...settings.follow(proxyLimits, (limits) => proxy.use(limits)),
    ...more,
    balancer,
    logger,
  });
  return proxy;
}
