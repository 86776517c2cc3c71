/** Reason for which a request went to the origin (RFC 9211 section 2.2). */
export type ForwardReason = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'request' | 'stale' | 'partial';

/** This cache's member of Cache-Status. */
export type CacheStatus =
  | { readonly type: 'hit'; readonly ttlSeconds: number }
  /** Answered by this cache, without a stored or a new answer of the origin. */
  | { readonly type: 'refused'; readonly detail: string }
  | {
      readonly type: 'forwarded';
      readonly reason: ForwardReason;
      readonly statusCode?: number;
      readonly isStored?: boolean;
      /** Whether it shared another request's fetch. */
      readonly isCollapsed?: boolean;
      /** Reason for which it was not stored; a token. */
      readonly detail?: string;
    };

/** RFC 9211 section 2. The last cache on the way is the last in the list, so its line comes last. */
export function cacheStatusLine(status: CacheStatus): string {
  if (status.type === 'hit') return `slipstream; hit; ttl=${status.ttlSeconds}`;
  if (status.type === 'refused') return `slipstream; detail=${status.detail}`;
  let line = `slipstream; fwd=${status.reason}`;
  if (status.statusCode) line += `; fwd-status=${status.statusCode}`;
  if (status.isStored) line += '; stored';
  if (status.isCollapsed) line += '; collapsed';
  return status.detail === undefined ? line : `${line}; detail=${status.detail}`;
}
