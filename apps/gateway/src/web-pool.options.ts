import { createHash } from 'node:crypto';
import type { BackendOptions, BalancerLimits, LoadBalancerOptions, OutlierOptions } from '@slipstream/balancer';
import type { Config } from '@slipstream/config';
import type { StickinessOptions, WebProxyLimits, WebProxyOptions } from '@slipstream/proxy';
import type { HealthProbeOptions } from '@slipstream/upstream';

type Web = Config['web'];

/** Options of the registry: the configured backends and the interval of DNS queries. */
export const registryOptions = ({ web }: Config): { configured: BackendOptions[]; discoveryIntervalMs: number } => ({
  configured: web.backends.map(({ url, weight, priority }) => ({ url, weight, priority })),
  discoveryIntervalMs: web.discoveryIntervalMs,
});

/** Storage of the changes made at run time: the file at `path` is a copy of MongoDB's, or the store itself. */
export const overlayOptions = ({ web }: Config): { store: 'mongodb' | 'file'; path: string } => ({
  store: web.overlayStore,
  path: web.overlayFile,
});

/** File of the page that browsers get while the application can't answer. */
export const errorPageFileOf = ({ web }: Config): string | undefined => web.errorPageFile;

/** TLS of https backends; `caFile` is still to be read. */
export const tlsOptions = ({ web: { tls } }: Config): { caFile?: string; serverName?: string } => ({
  caFile: tls.caFile,
  serverName: tls.serverName,
});

export const balancerOptions = ({ web }: Config): Pick<LoadBalancerOptions, 'strategy' | 'outliers'> => ({
  strategy: web.strategy,
  outliers: outlierOptions(web.outliers),
});

export const balancerLimits = ({ web }: Config): Required<BalancerLimits> => ({
  panicRatio: web.panicRatio,
  slowStartMs: web.slowStartMs,
  maxConnections: web.maxConnections,
  queue: { maxLength: web.queue.maxLength, timeoutMs: web.queue.timeoutMs },
});

const outlierOptions = (outliers: Web['outliers']): Required<OutlierOptions> => ({
  consecutiveErrors: outliers.consecutiveErrors,
  errorRatio: outliers.errorRatio,
  minRequests: outliers.minRequests,
  windowMs: outliers.windowMs,
  latencyFactor: outliers.latencyFactor,
  minLatencyMs: outliers.minLatencyMs,
  ejectionMs: outliers.ejectionMs,
  maxEjectionMs: outliers.maxEjectionMs,
  maxEjectedRatio: outliers.maxEjectedRatio,
});

/** Intervals and thresholds of health checks. */
export const checkOptions = ({ web: { health } }: Config) => ({
  intervalMs: health.intervalMs,
  timeoutMs: health.timeoutMs,
  healthyThreshold: health.healthyThreshold,
  unhealthyThreshold: health.unhealthyThreshold,
});

/** Request of a check, and the expected answer. */
export const probeOptions = ({ web: { health, host } }: Config): Omit<HealthProbeOptions, 'pseudonym' | 'tls'> => ({
  path: health.path,
  minStatus: health.minStatus,
  maxStatus: health.maxStatus,
  expectedBody: health.expectedBody,
  webSocketPath: health.webSocketPath,
  timeoutMs: health.timeoutMs,
  headers: health.headers,
  host,
});

type ProxySettings = 'connectTimeoutMs' | 'writeIdleTimeoutMs' | 'host' | 'responseBuffer' | 'hashOn';

export const proxyOptions = ({ web, listen }: Config): Pick<WebProxyOptions, ProxySettings> => ({
  connectTimeoutMs: web.connectTimeoutMs,
  writeIdleTimeoutMs: listen.streamWriteIdleTimeoutMs,
  host: web.host,
  responseBuffer: { maxBytes: web.responseBuffer.maxBytes, totalBytes: web.responseBuffer.totalBytes },
  hashOn: hashOnOf(web),
});

export const proxyLimits = ({ web }: Config): WebProxyLimits => ({
  headersTimeoutMs: web.headersTimeoutMs,
  idleTimeoutMs: web.idleTimeoutMs,
  retries: {
    maxTries: web.retries.maxTries,
    ratio: web.retries.budgetRatio,
    minPerSecond: web.retries.minPerSecond,
    replayMaxBytes: web.retries.replayMaxBytes,
  },
  stickiness: stickinessOptions(web),
});

function stickinessOptions({ stickiness, backends }: Web): StickinessOptions | undefined {
  const { type, cookieName, paths, secret, sameSite, domain, maxAgeSeconds } = stickiness;
  if (type === 'none') return undefined;
  return { cookieName, paths, secret: secret ?? sharedSecret(backends), sameSite, domain, maxAgeSeconds };
}

function hashOnOf({ strategy, hashOn }: Web): WebProxyOptions['hashOn'] {
  if (strategy !== 'consistent_hash') return undefined;
  return hashOn.type === 'address' ? { type: 'address' } : { type: hashOn.type, name: hashOn.name };
}

/** The same for every gateway with the same configuration, and unguessable without the backends' addresses. */
const sharedSecret = (backends: readonly { url: string }[]): string =>
  createHash('sha256')
    .update(`slipstream stickiness\n${backends.map(({ url }) => url).join('\n')}`)
    .digest('hex');
