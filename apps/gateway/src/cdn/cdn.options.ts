import {
  CloudflareDriver,
  FastlyDriver,
  MethodDriver,
  type CDNManagerOptions,
  type PurgeDriver,
} from '@slipstream/cdn';
import type { Config } from '@slipstream/config';

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
