import type { CachePattern } from './keys.js';

/**
 * Outcome of a read. `memory`, `shared`: from that tier; `stale`: a stale value, during a load or after its failure;
 * `miss`: loaded; `joined`: from a running load; `bypassed`: from the source, because the store is unreachable.
 */
export type ReadOutcome = 'memory' | 'shared' | 'stale' | 'miss' | 'bypassed' | 'joined';

/** Events for metrics. Methods must not throw. */
export interface CacheObserver {
  read?(pattern: CachePattern, outcome: ReadOutcome): void;
  loaded?(pattern: CachePattern, durationMs: number): void;
  invalidated?(pattern: CachePattern): void;
  /** Time for an invalidation to reach the processes, measured by this one's own. */
  busLag?(ms: number): void;
}
