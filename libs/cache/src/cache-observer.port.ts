import type { CachePattern } from './keys.js';

/** How a read was answered; `joined`: by a load that was under way. */
export type ReadOutcome = 'hit' | 'miss' | 'bypassed' | 'joined';

/** What the app may count. Methods must not throw. */
export interface CacheObserver {
  read(pattern: CachePattern, outcome: ReadOutcome): void;
  loaded(pattern: CachePattern, durationMs: number): void;
  invalidated(pattern: CachePattern): void;
}
