import {
  CloudflareDriver,
  FastlyDriver,
  MethodDriver,
  type CDNManagerOptions,
  type EdgeCheckLimits,
  type PurgeDriver,
} from '@slipstream/cdn';
import type { HealthThresholds } from '@slipstream/balancer';
import type { Config } from '@slipstream/config';
import type { PagesOptions } from './pages.js';

type Web = Pick<Config, 'web'>;

const TAG_FIELDS = { none: undefined, 'surrogate-key': 'Surrogate-Key', 'cache-tag': 'Cache-Tag' } as const;

/** Fields for answers of public paths, and the delivery network in front if there is one. */
export const cdnOptions = ({ web: { assets, cdn } }: Web): CDNManagerOptions => ({
  cdnUrl: cdn.url,
  hasEdge: cdn.url !== undefined,
  tagField: cdn.url === undefined ? undefined : TAG_FIELDS[cdn.tagField],
  addsCacheControl: assets.cacheControl,
  variesByCoding: assets.compression,
});

/** Keys and paths of signed URLs. */
export interface SigningOptions {
  readonly key: string;
  readonly formerKey?: string;
  readonly paths: readonly string[];
}

/** @returns undefined if no URL is signed */
export function signingOptions({ web }: Web): SigningOptions | undefined {
  const { key, formerKey, paths } = web.cdn.signing;
  return key === undefined ? undefined : { key, formerKey, paths };
}

/** The driver of purges with its options, and how many purges may wait. */
export interface EdgePurgeOptions {
  readonly driver: PurgeDriver;
  readonly maxPending: number;
}

/** @returns undefined if no purge reaches a network */
export function edgePurgeOptions({ web: { cdn } }: Web): EdgePurgeOptions | undefined {
  const { driver: name, zoneId = '', serviceId = '', token, endpoints, apiUrl, timeoutMs, maxPending } = cdn.purge;
  if (name === 'none' || cdn.url === undefined) return undefined;
  const { host } = new URL(cdn.url);
  const drivers = {
    cloudflare: () => new CloudflareDriver({ apiUrl, zoneId, token: token ?? '', timeoutMs }),
    fastly: () => new FastlyDriver({ apiUrl, serviceId, token: token ?? '', timeoutMs }),
    purge: () => new MethodDriver({ endpoints, host, token, timeoutMs }),
  };
  return { driver: drivers[name](), maxPending };
}

/** Files that are compared, limits and thresholds. */
export interface EdgeCheckOptions extends EdgeCheckLimits, HealthThresholds {
  readonly paths: readonly string[];
  readonly intervalMs: number;
  /** Host that this gateway accepts. Absent: any. */
  readonly originHost?: string;
}

export const edgeHealthOptions = ({ web: { cdn }, listen }: Pick<Config, 'web' | 'listen'>): EdgeCheckOptions => ({
  originHost: listen.allowedHosts[0]?.replace('*.', 'slipstream.'),
  paths: cdn.health.paths,
  intervalMs: cdn.health.intervalMs,
  timeoutMs: cdn.health.timeoutMs,
  slowMs: cdn.health.slowMs,
  healthyThreshold: cdn.health.healthyThreshold,
  unhealthyThreshold: cdn.health.unhealthyThreshold,
});

/** @returns undefined if pages stay as they are */
export function pagesOptions({ web: { cdn } }: Web): PagesOptions | undefined {
  const { url: cdnUrl, rewrites } = cdn;
  return cdnUrl === undefined || rewrites.length === 0 ? undefined : { cdnUrl, kinds: new Set(rewrites) };
}
