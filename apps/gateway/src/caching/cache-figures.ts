import type { CacheManager, CacheUsage } from '@slipstream/cache';
import type { ObjectCacheCounts } from '@slipstream/runtime';
import type { ResponseCaching } from './response-caching.js';

/** The caches of a process, and their counts. */
export interface Caches {
  objects: CacheManager;
  objectCounts: ObjectCacheCounts;
  /** Absent if no web application is configured, or its cache is off. */
  responses: ResponseCaching | undefined;
}

/** What the caches of one process hold, and did since its start. */
export interface CacheFigures {
  busLagMs: number | undefined;
  objects: { memory: CacheUsage; patterns: ObjectCacheCounts['patterns'] };
  responses: ReturnType<typeof responseFigures> | undefined;
}

export const figuresOf = ({ objects, objectCounts, responses }: Caches): CacheFigures => ({
  busLagMs: objectCounts.busLagMs,
  objects: { memory: objects.usage, patterns: objectCounts.patterns },
  responses: responses && responseFigures(responses),
});

function responseFigures({ cache, counts }: ResponseCaching) {
  const { answers, sharedLookups, stores, storedBytes, evictions, revalidations, purges } = counts;
  return { memory: { ...cache.usage, evictions }, answers, sharedLookups, stores, storedBytes, revalidations, purges };
}

/** All processes of a gateway have the same caches. @param all at least one */
export function sumOf(all: readonly CacheFigures[]): CacheFigures {
  const lags = all.flatMap(({ busLagMs }) => busLagMs ?? []);
  const responses = all.flatMap((each) => each.responses ?? []);
  return {
    busLagMs: lags.length > 0 ? Math.max(...lags) : undefined,
    objects: all.map(({ objects }) => objects).reduce(added),
    responses: responses.length > 0 ? responses.reduce(added) : undefined,
  };
}

/** Adds numbers, and objects with the same names. */
function added<T extends object>(a: T, b: T): T {
  const plus = (one: unknown, other: unknown): unknown =>
    typeof one === 'number' ? one + (other as number) : added(one as object, other as object);
  return Object.fromEntries(Object.entries(a).map(([name, value]) => [name, plus(value, b[name as keyof T])])) as T;
}
