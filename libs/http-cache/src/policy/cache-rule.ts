/**
 * What an operator says of a path, on top of what its answers say. It never makes an answer storable that says
 * `no-store` or that sets a cookie.
 */
export interface CacheRule {
  /**
   * - `never`: passes the cache by; a write under it drops nothing by its URL either, for nothing is there;
   * - `public`: one answer for all, whatever credentials came with the request; an answer that says `private` isn't
   * stored;
   * - `private`: one answer for each partition, `private` ones included; without a partition nothing is stored.
   */
  readonly scope: 'never' | 'public' | 'private';
  /**
   * Freshness lifetime of a success, whatever the answer says; from when it came here, less the Age that it came with,
   * for a backend's clock may be wrong by more than a short lifetime. Absent: what the answer says.
   */
  readonly ttlMs?: number;
  /** Whether `ttlMs` is the default of the class, because the operator named no time. Default false. */
  readonly hasDefaultTtl?: boolean;
  /** As RFC 5861 section 3, of a success, whatever the answer says. */
  readonly staleWhileRevalidateMs?: number;
  /** As RFC 5861 section 4, of a success, whatever the answer says. */
  readonly staleIfErrorMs?: number;
  /**
   * Whether a success whose content type can't be that of its path's extension is not stored, here and in browsers.
   * Default false.
   */
  readonly checksType?: boolean;
  /** The operator's pattern of the path, by which answers are counted. */
  readonly path?: string;
  /** By which purges find the answer. */
  readonly tags?: readonly string[];
}
