/** Why a request went to the origin (RFC 9211 section 2.2). */
export type ForwardReason = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'request' | 'stale' | 'partial';

/** This cache's member of Cache-Status. */
export type CacheStatus =
  | { readonly type: 'hit'; readonly ttlSeconds: number }
  /** Neither: it was answered here, without an answer of the origin's. */
  | { readonly type: 'refused'; readonly detail: string }
  | {
      readonly type: 'forwarded';
      readonly reason: ForwardReason;
      readonly statusCode?: number;
      readonly isStored?: boolean;
      /** Shared another request's fetch. */
      readonly isCollapsed?: boolean;
      /** Why it wasn't stored; a token. */
      readonly detail?: string;
    };

/**
 * RFC 9211 section 2. The last cache on the way is the last in the list, so it goes into a line of its own at the end.
 */
export function cacheStatusLine(status: CacheStatus): string {
  if (status.type === 'hit') return `slipstream; hit; ttl=${status.ttlSeconds}`;
  if (status.type === 'refused') return `slipstream; detail=${status.detail}`;
  let line = `slipstream; fwd=${status.reason}`;
  if (status.statusCode) line += `; fwd-status=${status.statusCode}`;
  if (status.isStored) line += '; stored';
  if (status.isCollapsed) line += '; collapsed';
  return status.detail === undefined ? line : `${line}; detail=${status.detail}`;
}
