/**
 * An operator's rule for a path, in addition to the directives of its answers. It never makes an answer with `no-store`
 * or a cookie storable.
 */
export interface CacheRule {
  /**
   * - `never`: bypasses the cache; a write under it drops nothing by its URL, because nothing is stored there;
   * - `public`: one answer for all, for requests with any credentials; an answer with `private` is not stored;
   * - `private`: one answer per partition, including answers with `private`; without a partition nothing is stored.
   */
  readonly scope: 'never' | 'public' | 'private';
  /**
   * Freshness lifetime of a success, in place of the answer's own. It counts from the arrival, minus the Age of the
   * answer, because a backend's clock may be wrong by more than a short lifetime. Absent: the answer's own.
   */
  readonly ttlMs?: number;
  /** Whether `ttlMs` is the default of the class, because the operator set no time. Default false. */
  readonly hasDefaultTtl?: boolean;
  /** As in RFC 5861 section 3, for a success, in place of the answer's own. */
  readonly staleWhileRevalidateMs?: number;
  /** As in RFC 5861 section 4, for a success, in place of the answer's own. */
  readonly staleIfErrorMs?: number;
  /**
   * Whether a success is not stored, here and in browsers, if its content type does not fit the extension of its path.
   * Default false.
   */
  readonly checksType?: boolean;
  /** The operator's pattern of the path, as a label of counters. */
  readonly path?: string;
  /** Tags of the answer, for purges. */
  readonly tags?: readonly string[];
}
