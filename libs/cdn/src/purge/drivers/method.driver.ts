import { callToPurge, combined } from '../purge-call.js';
import type { EdgePurge, PurgeDriver, PurgeResult } from '../purge-driver.port.js';

/** Options of {@link MethodDriver}. */
export interface MethodOptions {
  /** Addresses of the caches, such as `http://varnish-1:6081`. Each gets every purge. */
  endpoints: readonly string[];
  /** Host of the URLs that clients request, which the caches have stored. */
  host: string;
  /** Sent as `Authorization: Bearer …`. Absent: none. */
  token?: string;
  /** Of one call. */
  timeoutMs: number;
}

/** Tags of a call: they fit into one field of 8 KiB. */
const MAX_TAGS = 25;
/** A cache that has nothing to drop answers 404. */
const NOTHING = 'answered 404';

/**
 * The method PURGE, which Varnish, nginx and others serve by a few lines of their configuration: of a path (`PURGE
 * /a?b`), of a prefix and of everything (`PURGE /static/*`), and by tags (`PURGE /` with `Surrogate-Key: a b`). A soft
 * purge has `Slipstream-Soft-Purge: 1`.
 */
export class MethodDriver implements PurgeDriver {
  readonly name = 'purge';
  readonly maxItems = { urls: 1, tags: MAX_TAGS, prefixes: 1 };

  constructor(private readonly options: MethodOptions) {}

  async purge(purge: EdgePurge, isSoft: boolean): Promise<PurgeResult> {
    const { endpoints, host, token, timeoutMs } = this.options;
    const headers: Record<string, string> = { host };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (isSoft) headers['slipstream-soft-purge'] = '1';
    if (purge.type === 'tags') headers['surrogate-key'] = purge.items.join(' ');
    const target = targetOf(purge);
    const results = endpoints.map((endpoint) =>
      callToPurge({ method: 'PURGE', url: new URL(target, endpoint), headers, timeoutMs }),
    );
    return combined((await Promise.all(results)).map(withoutNothing));
  }
}

function targetOf(purge: EdgePurge): string {
  if (purge.type === 'everything') return '/*';
  if (purge.type === 'tags') return '/';
  const { pathname, search } = new URL(purge.items[0] as string);
  return `${pathname}${search}${purge.type === 'prefixes' ? '*' : ''}`;
}

const withoutNothing = (result: PurgeResult): PurgeResult =>
  result.type === 'rejected' && result.reason === NOTHING ? { type: 'done' } : result;
