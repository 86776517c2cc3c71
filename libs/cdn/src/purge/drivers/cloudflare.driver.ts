import { callToPurge } from '../purge-call.js';
import type { EdgePurge, PurgeDriver, PurgeResult } from '../purge-driver.port.js';

/** Options of {@link CloudflareDriver}. */
export interface CloudflareOptions {
  /** Default `https://api.cloudflare.com/client/v4`. */
  apiUrl?: string;
  zoneId: string;
  /** API token with the permission Zone, Cache Purge. */
  token: string;
  /** Of one call. */
  timeoutMs: number;
}

const API_URL = 'https://api.cloudflare.com/client/v4';
/** Of a call, in every plan. */
const MAX_ITEMS = 30;

/** Cloudflare's `purge_cache`. It has no soft purge. */
export class CloudflareDriver implements PurgeDriver {
  readonly name = 'cloudflare';
  readonly maxItems = { urls: MAX_ITEMS, tags: MAX_ITEMS, prefixes: MAX_ITEMS };
  private readonly url: URL;

  constructor(private readonly options: CloudflareOptions) {
    const { apiUrl = API_URL, zoneId } = options;
    this.url = new URL(`${apiUrl}/zones/${encodeURIComponent(zoneId)}/purge_cache`);
  }

  purge(purge: EdgePurge): Promise<PurgeResult> {
    const { token, timeoutMs } = this.options;
    const headers = { authorization: `Bearer ${token}` };
    return callToPurge({ method: 'POST', url: this.url, headers, body: bodyOf(purge), timeoutMs }, failureIn);
  }
}

function bodyOf(purge: EdgePurge): object {
  switch (purge.type) {
    case 'everything':
      return { purge_everything: true };
    case 'urls':
      return { files: purge.items };
    case 'tags':
      return { tags: purge.items };
    case 'prefixes':
      return { prefixes: purge.items.map((url) => url.replace(/^https?:\/\//, '')) };
  }
}

/** A failure may come with 200. */
function failureIn(text: string): string | undefined {
  try {
    const { success } = JSON.parse(text) as { success?: unknown };
    return success === true ? undefined : 'answered without success';
  } catch {
    return 'answered without JSON';
  }
}
