import type { Logger } from '@slipstream/contracts';
import { LoadBalancer, type Probe } from '@slipstream/balancer';
import { Upstream, type BackendTlsOptions, type UpstreamLimits } from '@slipstream/upstream';
import { toCallError } from './call-error.js';
import { isDeclined, isServerError, nextModelTry } from './failure-policy.js';
import { normalizeBaseUrl, type ModelBackendOptions } from './model-backend.js';

/** Options of {@link createModelUpstream}. */
export interface ModelUpstreamOptions {
  backends: readonly ModelBackendOptions[];
  /** TLS of https servers. Default: Node's. */
  tls?: BackendTlsOptions;
  connectTimeoutMs: number;
  firstTokenTimeoutMs: number;
  stallTimeoutMs: number;
  /** Of this gateway in Via. */
  pseudonym: string;
  probe: Probe;
  /** Called for each unexpected error that ended one answer. */
  onUncaughtError?: () => void;
  logger: Logger;
}

/** Clients of a generation wait long anyway, so each call may be retried once on average. */
const RETRY_RATIO = 1;

export interface ModelUpstream {
  balancer: LoadBalancer;
  upstream: Upstream;
  /** Replaces the servers and limits; running calls continue. */
  use(servers: Servers): void;
}

type Servers = Pick<ModelUpstreamOptions, 'backends' | 'firstTokenTimeoutMs' | 'stallTimeoutMs'>;

/** The model servers as a pool: the choice of a server, and the calls to it. */
export function createModelUpstream(options: ModelUpstreamOptions): ModelUpstream {
  let keys = keysOf(options.backends);
  const balancer = createBalancer(options);
  const upstream = createUpstream(options, balancer, (url) => keys.get(url));
  return {
    balancer,
    upstream,
    use(servers) {
      const former = keys;
      keys = keysOf(servers.backends);
      balancer.setBackends(balancedOf(servers.backends));
      const known = [...keys].filter(([url, key]) => former.get(url) === key).map(([url]) => url);
      upstream.setBackends(new Set(known)); // a server with a changed key gets new connections
      upstream.setLimits(limitsOf(servers));
    },
  };
}

const createBalancer = ({ backends, probe, logger }: ModelUpstreamOptions): LoadBalancer =>
  new LoadBalancer({
    name: 'models',
    backends: balancedOf(backends),
    healthCheck: { probe },
    outliers: { maxEjectedRatio: 1 },
    hasLastResort: true,
    usesWholeAnswers: true,
    logger,
  });

const createUpstream = (
  options: ModelUpstreamOptions,
  balancer: LoadBalancer,
  keyOf: (url: string) => string | undefined,
): Upstream =>
  new Upstream({
    balancer,
    connectTimeoutMs: options.connectTimeoutMs,
    ...limitsOf(options),
    tls: options.tls,
    fieldsFor: ({ url }) => fieldsOf(keyOf(url), options.pseudonym),
    nextTry: nextModelTry,
    isError: isServerError,
    isDeclined,
    toError: toCallError,
    onUncaughtError: options.onUncaughtError,
    logger: options.logger,
  });

const balancedOf = (backends: readonly ModelBackendOptions[]) =>
  backends.map(({ url, weight }) => ({ url: normalizeBaseUrl(url), weight }));

const keysOf = (backends: readonly ModelBackendOptions[]): ReadonlyMap<string, string | undefined> =>
  new Map(backends.map(({ url, apiKey }) => [normalizeBaseUrl(url), apiKey]));

const limitsOf = ({ firstTokenTimeoutMs, stallTimeoutMs }: Servers): UpstreamLimits => ({
  headersTimeoutMs: firstTokenTimeoutMs,
  idleTimeoutMs: stallTimeoutMs,
  streamIdleTimeoutMs: stallTimeoutMs,
  retries: { maxTries: Infinity, ratio: RETRY_RATIO },
});

/** Our name in Via and the server's own key. */
const fieldsOf = (apiKey: string | undefined, pseudonym: string): readonly string[] => [
  'via',
  `1.1 ${pseudonym}`,
  ...(apiKey === undefined ? [] : ['authorization', `Bearer ${apiKey}`]),
];
