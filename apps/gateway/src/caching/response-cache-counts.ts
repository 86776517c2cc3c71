import type { CacheObserver, CacheOutcome, SharedOutcome } from '@slipstream/http-cache';

const OUTCOMES: readonly CacheOutcome[] = [
  'hit',
  'stale',
  'revalidated',
  'miss',
  'unstored',
  'collapsed',
  'bypassed',
  'refused',
];
const SHARED_OUTCOMES: readonly SharedOutcome[] = ['hit', 'miss', 'purged', 'foreign', 'unavailable'];

/**
 * Counts of the response cache of this process since its start. They are updated for every request, so they are plain
 * numbers, which a scrape reads.
 */
export class ResponseCacheCounts implements CacheObserver {
  /** Called for each answer whose content type contradicts its path. */
  onMistyped?: () => void;
  readonly answers = zeros(OUTCOMES);
  readonly sharedLookups = zeros(SHARED_OUTCOMES);
  sharedSeconds = 0;
  stores = 0;
  storedBytes = 0;
  evictions = 0;
  revalidations = 0;
  purges = 0;
  typeMismatches = 0;

  answered(outcome: CacheOutcome): void {
    this.answers[outcome] += 1;
  }

  revalidating(): void {
    this.revalidations += 1;
  }

  stored(bytes: number): void {
    this.stores += 1;
    this.storedBytes += bytes;
  }

  evicted(): void {
    this.evictions += 1;
  }

  mistyped(): void {
    this.typeMismatches += 1;
    this.onMistyped?.();
  }

  purged(): void {
    this.purges += 1;
  }

  sharedRead(outcome: SharedOutcome, seconds: number): void {
    this.sharedLookups[outcome] += 1;
    this.sharedSeconds += seconds;
  }
}

const zeros = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
