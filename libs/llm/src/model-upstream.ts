import { LoadBalancer, type Probe } from '@slipstream/balancer';
import { Upstream, type BackendTlsOptions } from '@slipstream/upstream';
import { toCallError } from './call-error.js';
import { isDeclined, isServerError, nextModelTry } from './failure-policy.js';
import type { Logger } from './logger.port.js';
import { normalizeBaseUrl, type ModelBackendOptions } from './model-backend.js';

/** Options of {@link createModelUpstream}. */
export interface ModelUpstreamOptions {
  backends: readonly ModelBackendOptions[];
  /** How https servers are trusted. Default: as Node trusts. */
  tls?: BackendTlsOptions;
  connectTimeoutMs: number;
  firstTokenTimeoutMs: number;
  stallTimeoutMs: number;
  /** Of this gateway in Via. */
  pseudonym: string;
  probe: Probe;
  logger: Logger;
}

/** Clients of a generation wait for long anyway, so each may be tried once more on average. */
const RETRY_RATIO = 1;

/** The model servers as a pool: which one gets a call, and the way there. */
export function createModelUpstream(options: ModelUpstreamOptions): { balancer: LoadBalancer; upstream: Upstream } {
  const { backends, tls, connectTimeoutMs, firstTokenTimeoutMs, stallTimeoutMs, probe, logger } = options;
  const balancer = new LoadBalancer({
    name: 'models',
    backends: backends.map(({ url, weight }) => ({ url: normalizeBaseUrl(url), weight })),
    healthCheck: { probe },
    outliers: { maxEjectedRatio: 1 },
    hasLastResort: true,
    judgesWholeAnswers: true,
    logger,
  });
  const upstream = new Upstream({
    balancer,
    connectTimeoutMs,
    headersTimeoutMs: firstTokenTimeoutMs,
    idleTimeoutMs: stallTimeoutMs,
    streamIdleTimeoutMs: stallTimeoutMs,
    tls,
    fieldsFor: fieldsOf(options),
    retries: { maxTries: Infinity, ratio: RETRY_RATIO },
    nextTry: nextModelTry,
    isError: isServerError,
    isDeclined,
    toError: toCallError,
    logger,
  });
  return { balancer, upstream };
}

/** Our name in Via and the server's own key, by its URL. */
function fieldsOf({ backends, pseudonym }: ModelUpstreamOptions): (backend: { url: string }) => readonly string[] {
  const keys = new Map(backends.map(({ url, apiKey }) => [normalizeBaseUrl(url), apiKey]));
  return ({ url }) => {
    const apiKey = keys.get(url);
    return ['via', `1.1 ${pseudonym}`, ...(apiKey === undefined ? [] : ['authorization', `Bearer ${apiKey}`])];
  };
}
