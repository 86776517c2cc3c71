import type { CacheObserver, CachePattern, ReadOutcome } from '@slipstream/cache';

const PATTERNS: readonly CachePattern[] = [
  'user',
  'chat',
  'model',
  'document',
  'user_list',
  'chat_list',
  'document_list',
  'query',
];
const OUTCOMES: readonly ReadOutcome[] = ['memory', 'shared', 'stale', 'miss', 'joined', 'bypassed'];

/** Operations on the keys of one pattern. */
export interface PatternCounts {
  /** Reads by outcome. */
  readonly reads: Record<ReadOutcome, number>;
  loads: number;
  loadSeconds: number;
  invalidations: number;
}

/** Counts of the object cache of this process since its start. */
export class ObjectCacheCounts implements CacheObserver {
  readonly patterns = Object.fromEntries(PATTERNS.map((pattern) => [pattern, noCounts()])) as Record<
    CachePattern,
    PatternCounts
  >;
  /** Round trip of the last heartbeat: the time for an invalidation to reach the processes. Absent before the first. */
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
