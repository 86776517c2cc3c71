import type { CacheManager } from '@slipstream/cache';
import type { CacheStatistics } from '@slipstream/contracts';
import type { ObjectCacheCounts, PatternCounts } from '@slipstream/runtime';
import type { ResponseCaching } from './response-caching.js';

/** What `GET /admin/cache` tells of. */
export interface Caches {
  objects: CacheManager;
  objectCounts: ObjectCacheCounts;
  /** Absent when no web application is configured, or its cache is switched off. */
  responses: ResponseCaching | undefined;
}

export function statisticsOf({ objects, objectCounts, responses }: Caches): CacheStatistics {
  const patterns = Object.fromEntries(Object.entries(objectCounts.patterns).map(([pattern, counts]) => [pattern, patternStatistics(counts)]));
  return {
    objects: { memory: { ...objects.usage }, busLagMs: objectCounts.busLagMs, patterns },
    responses: responses && responseStatistics(responses),
  };
}

function patternStatistics({ reads, loads, loadSeconds, invalidations }: PatternCounts): CacheStatistics['objects']['patterns'][string] {
  const { memory, shared, stale, joined } = reads;
  return { hitRatio: ratio(memory + shared + stale + joined, reads), reads: { ...reads }, loads, loadMs: loads === 0 ? undefined : (loadSeconds * 1000) / loads, invalidations };
}

function responseStatistics({ cache, counts }: ResponseCaching): CacheStatistics['responses'] {
  const { answers, sharedLookups, stores, storedBytes, evictions, revalidations, purges } = counts;
  const { hit, stale, collapsed } = answers;
  return {
    memory: { ...cache.usage, evictions },
    hitRatio: ratio(hit + stale + collapsed, answers),
    answers: { ...answers },
    sharedLookups: { ...sharedLookups },
    stores,
    storedBytes,
    revalidations,
    purges,
  };
}

function ratio(part: number, counts: Readonly<Record<string, number>>): number | undefined {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return all === 0 ? undefined : part / all;
}
