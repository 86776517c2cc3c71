/**
 * What an operator says of a path, on top of what its answers say. It never makes an answer storable that says `no-store` or
 * that sets a cookie.
 */
export interface CacheRule {
  /**
   * `never`: passes the cache by. `public`: one answer for all; whose credentials came with the request does not matter.
   * `private`: one answer for each partition, `private` ones included; without a partition nothing is stored.
   */
  readonly scope: 'never' | 'public' | 'private';
  /** Freshness lifetime, whatever the answer says. Absent: what the answer says. */
  readonly ttlMs?: number;
  /** As RFC 5861 section 3, whatever the answer says. */
  readonly staleWhileRevalidateMs?: number;
  /** As RFC 5861 section 4, whatever the answer says. */
  readonly staleIfErrorMs?: number;
  /** By which purges find the answer. */
  readonly tags?: readonly string[];
}
