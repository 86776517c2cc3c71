import type { CachePattern } from './keys.js';

/**
 * How a read was answered. `memory`, `shared`: from that level; `stale`: by a value past its time, while a new one is
 * loaded or because loading it failed; `miss`: by loading; `joined`: by a load that was under way; `bypassed`: by the
 * source, for the store is away.
 */
export type ReadOutcome = 'memory' | 'shared' | 'stale' | 'miss' | 'bypassed' | 'joined';

/** What the app may count. Methods must not throw. */
export interface CacheObserver {
  read?(pattern: CachePattern, outcome: ReadOutcome): void;
  loaded?(pattern: CachePattern, durationMs: number): void;
  invalidated?(pattern: CachePattern): void;
  /** How long an invalidation takes to reach the processes, as measured by this one's own. */
  busLag?(ms: number): void;
}
