import type { CacheObserver, CachePattern, ReadOutcome } from '@slipstream/cache';

const PATTERNS: readonly CachePattern[] = [
  'user',
  'chat',
  'model',
  'document',
  'user_list',
  'chat_list',
  'document_list',
];
const OUTCOMES: readonly ReadOutcome[] = ['memory', 'shared', 'stale', 'miss', 'joined', 'bypassed'];

/** What was done with the keys of one pattern. */
export interface PatternCounts {
  /** By how they were answered. */
  readonly reads: Record<ReadOutcome, number>;
  loads: number;
  loadSeconds: number;
  invalidations: number;
}

/** What the object cache of this process did since its start. */
export class ObjectCacheCounts implements CacheObserver {
  readonly patterns = Object.fromEntries(PATTERNS.map((pattern) => [pattern, noCounts()])) as Record<
    CachePattern,
    PatternCounts
  >;
  /**
   * How long the last heartbeat took to come back: what an invalidation takes to reach the processes. Absent: none has
   * yet.
   */
  busLagMs: number | undefined;

  read(pattern: CachePattern, outcome: ReadOutcome): void {
    this.patterns[pattern].reads[outcome] += 1;
  }

  loaded(pattern: CachePattern, durationMs: number): void {
    this.patterns[pattern].loads += 1;
    this.patterns[pattern].loadSeconds += durationMs / 1000;
  }

  invalidated(pattern: CachePattern): void {
    this.patterns[pattern].invalidations += 1;
  }

  busLag(ms: number): void {
    this.busLagMs = ms;
  }
}

const noCounts = (): PatternCounts => ({
  reads: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<ReadOutcome, number>,
  loads: 0,
  loadSeconds: 0,
  invalidations: 0,
});
