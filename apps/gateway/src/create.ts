import 'reflect-metadata';
import type { Config } from '@slipstream/config';
import { createOpenAiHandler, type ModelPool } from '@slipstream/llm';
import { RequestBodyBudget } from '@slipstream/http';
import { joinedBus } from '@slipstream/redis';
import type { Ports, Service, Settings } from '@slipstream/runtime';
import type { AccessLog, Logger, Telemetry } from '@slipstream/telemetry';
import { AuditLog } from './access/audit-log.js';
import { createGuards } from './access/guards.js';
import { ADMIN_LINKS } from './admin/admin-links.js';
import { AdminModule } from './admin/admin.module.js';
import { poolIndicator, showBackends } from '@slipstream/balancer';
import { BackendOverlayStore } from './backends/backend-overlay.store.js';
import { GatewayBackends } from './backends/gateway-backends.js';
import { PoolDirectory } from './backends/pool-directory.js';
import { createEdge } from './cdn/edge.js';
import { signedOnly } from './cdn/signed-paths.js';
import { createCacheTools } from './caching/create-cache-tools.js';
import { createResponseCaching } from './caching/response-caching.js';
import { ClusterBus } from './cluster-bus/cluster-bus.js';
import {
  accessLogOptions,
  certificateFiles,
  certificateOptions,
  configuredKeys,
  greetingOptions,
  hasWebPool,
  isDemo,
  nativeApiOptions,
  nativePortsOptions,
  openAiOptions,
  requestBodyBytes,
} from './gateway.options.js';
import { greeter } from './greeting.js';
import { Authenticator } from '@slipstream/access';
import { JobCancellation, JobStore } from '@slipstream/chats';
import { certificateOf, type Certificate, type CertificatePorts } from './http/certificate.js';
import { assetHandler, assetPorts } from './hosting/asset-handler.js';
import { publicUrls } from './hosting/public-urls.js';
import { inLogContext } from './http/in-log-context.js';
import { IdempotentAnswerStore } from './http/idempotent-answer.store.js';
import { landingPage } from './http/landing-page.js';
import { Listeners } from './http/listeners.js';
import type { DocumentSearchPort } from './native/documents/document-search.port.js';
import { remoteSearch } from './native/documents/remote-search.js';
import { createNativeApi } from './native/native-api.js';
import { createRemovals } from './native/removals.js';
import { describeAdmin } from './openapi/describe-admin.js';
import { serveDescriptions } from './openapi/description-pages.js';
import { createQueryTools } from './queries/create-query-tools.js';
import { QueueDirectory } from './queues/queue-directory.js';
import { showQueues } from './queues/queue-metrics.js';
import { QueueWatch } from './queues/queue-watch.js';
import { createWebPool } from './web-pool.js';

/**
 * The running gateway: the public listener with native API, model pool and web pool.
 * @param ports.documentSearch default: the document-worker's, over HTTP
 */
export async function create(
  config: Config,
  ports: Ports & { models: ModelPool; documentSearch?: DocumentSearchPort },
): Promise<Service> {
  const { telemetry, stores, models, group, lifecycle, settings } = ports;
  const { registry, metrics } = telemetry;
  const logger = telemetry.logger.child({ service: 'gateway' });
  const onUncaughtError = (): void => metrics.uncaughtErrors.observe('contained');
  const edge = createEdge(config, registry, logger);
  const urls = publicUrls(config, edge);
  const cancellation = new JobCancellation(stores.database.get(JobStore), stores.log, stores.signals, logger);
  const removals = createRemovals(stores, cancellation, logger);
  const bodies = new RequestBodyBudget(requestBodyBytes(config));
  const native = await createNativeApi(
    {
      ...nativePortsOptions(config),
      stores,
      models,
      documentSearch: ports.documentSearch ?? remoteSearch(config, stores),
      cancellation,
      removals,
      urls,
      logger,
      draining: lifecycle.draining,
    },
    {
      ...nativeApiOptions(config),
      bodies,
      nestLogger: telemetry.nestLogger,
      onRoute: (request, template) => listeners.label(request, template),
    },
  );
  const openai = createOpenAiHandler(models, { ...openAiOptions(config), bodies, logger });
  const bus = joinedBus([stores.bus, group.bus]); // the processes of one machine reach each other without Redis
  const clusterBus = new ClusterBus(bus);
  const hasWeb = hasWebPool(settings.current) || hasWebPool(config); // none at the start: a later one needs a restart
  const caching = hasWeb
    ? createResponseCaching(config, { bus, purges: stores.purges, settings, edge }, { registry, logger })
    : undefined;
  const overlays = stores.database.get(BackendOverlayStore);
  const web = hasWeb
    ? await createWebPool(config, { overlays, clusterBus, caching, bodies, onUncaughtError, settings, logger })
    : undefined;
  showBackends([...(web ? [web.balancer] : []), models.balancer], registry);
  const pools = new PoolDirectory([...(web ? [web] : []), { name: 'models', backends: () => models.backends() }], web);
  const backends = new GatewayBackends(pools, group);
  const cacheTools = createCacheTools(stores, { caching, edge }, group);
  const { queues, watch } = watchQueues(stores, registry, logger);
  removals.sweeper.start();

  const certificate = await createCertificate(config, { settings, group, registry, logger });

  const answers = stores.database.get(IdempotentAnswerStore);
  const audit = new AuditLog(group, logger);
  const queryTools = createQueryTools(stores, logger);
  const admin = { pools, backends, ...cacheTools, queues, ...queryTools.tools, audit, answers };
  const guards = createGuards(createAuthenticator(settings), registry, logger);
  const access = openAccessLog(settings, telemetry);
  const root = signedOnly(config, web?.proxy ?? { request: landingPage(isDemo(settings.current)) });
  const listeners = new Listeners(config, settings, {
    sharesPort: group.sharesPort,
    tls: certificate?.pair,
    telemetry,
    access,
    onUncaughtError,
    logger,
    upgrade: root.upgrade,
    handlers: {
      native: inLogContext(guards.native(native.handle)),
      // The hook checks the secret in the path itself.
      hook: inLogContext(native.handle),
      asset: assetHandler(assetPorts(stores, urls)),
      openai: guards.openai((...call) => void openai(...call)),
      web: root.request,
    },
  });
  listeners.showConnections(metrics.connections);
  const url = await listeners.listen();
  edge?.watch(url);
  certificate?.watch((pair) => listeners.useCertificate(pair));

  return {
    management: {
      links: ADMIN_LINKS,
      indicators: [...(web ? [web.balancer] : []), models.balancer].map(poolIndicator),
      guard: (request) => guards.admin(request),
      modules: [AdminModule.with(admin)],
      configure(app) {
        audit.watch(app.getHttpAdapter().getInstance());
        serveDescriptions(app, { 'docs/admin': describeAdmin(app), docs: native.describe }, logger);
      },
    },
    greeting: greeter({ ...greetingOptions(settings.current), url }, models.balancer, web?.balancer),
    async drain() {
      web?.proxy.drain();
      await Promise.all([removals.sweeper.stop(), queryTools.stop(), listeners.drain()]);
    },
    async close() {
      watch.stop();
      guards.close();
      certificate?.close();
      listeners.close();
      clusterBus.close();
      await Promise.all([native.close(), web?.close(), edge?.close()]);
      await access.close();
    },
  };
}

function watchQueues(
  { broker, queueActivity }: Pick<Ports['stores'], 'broker' | 'queueActivity'>,
  registry: Telemetry['registry'],
  logger: Logger,
): { queues: QueueDirectory; watch: QueueWatch } {
  const watch = new QueueWatch(broker, logger);
  showQueues(watch, registry);
  watch.start();
  return { queues: new QueueDirectory(broker, queueActivity, watch), watch };
}

function createAuthenticator(settings: Settings): Authenticator {
  const authenticator: Authenticator = new Authenticator(
    settings.follow(configuredKeys, (keys) => authenticator.useKeys(keys)),
  );
  return authenticator;
}

function openAccessLog(settings: Settings, telemetry: Telemetry): AccessLog {
  const access: AccessLog = telemetry.openAccessLog(
    settings.follow(accessLogOptions, (next) => access.configure(next)),
  );
  return access;
}

async function createCertificate(
  config: Config,
  { settings, ...ports }: CertificatePorts & { settings: Settings },
): Promise<Certificate | undefined> {
  const files = settings.follow(certificateFiles, (next) => certificate?.use(next));
  const certificate: Certificate | undefined = await certificateOf(certificateOptions(config), files, ports);
  return certificate;
}
