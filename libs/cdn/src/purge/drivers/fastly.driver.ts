import { callToPurge, type PurgeCall } from '../purge-call.js';
import type { EdgePurge, PurgeDriver, PurgeResult } from '../purge-driver.port.js';

/** Options of {@link FastlyDriver}. */
export interface FastlyOptions {
  /** Default `https://api.fastly.com`. */
  apiUrl?: string;
  serviceId: string;
  /** API token with the scopes purge_select and purge_all. */
  token: string;
  /** Of one call. */
  timeoutMs: number;
}

/** Surrogate keys of a batch. */
const MAX_KEYS = 256;

/** Fastly's purges by surrogate keys, by URL and of all. It purges by no prefix, and purges all only at once. */
export class FastlyDriver implements PurgeDriver {
  readonly name = 'fastly';
  readonly maxItems = { urls: 1, tags: MAX_KEYS, prefixes: 0 };
  private readonly api: string;

  constructor(private readonly options: FastlyOptions) {
    this.api = options.apiUrl ?? 'https://api.fastly.com';
  }

  purge(purge: EdgePurge, isSoft: boolean): Promise<PurgeResult> {
    const { token, timeoutMs } = this.options;
    const { path, body } = this.target(purge);
    const headers: Record<string, string> = { 'fastly-key': token, accept: 'application/json' };
    if (isSoft && purge.type !== 'everything') headers['fastly-soft-purge'] = '1';
    return callToPurge({ method: 'POST', url: new URL(`${this.api}${path}`), headers, body, timeoutMs });
  }

  private target(purge: EdgePurge): { path: string } & Pick<PurgeCall, 'body'> {
    const service = `/service/${encodeURIComponent(this.options.serviceId)}`;
    if (purge.type === 'tags') return { path: `${service}/purge`, body: { surrogate_keys: purge.items } };
    const [url] = purge.type === 'urls' ? purge.items : [];
    return { path: url === undefined ? `${service}/purge_all` : `/purge/${url.replace(/^https?:\/\//, '')}` };
  }
}
