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

/** Contents of the caches of one process, and their counters since its start. */
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

function responseFigures({ cache, counts, recent }: ResponseCaching) {
  const { answers, sharedLookups, stores, storedBytes, evictions, revalidations, purges } = counts;
  return {
    memory: { ...cache.usage, evictions },
    answers,
    recent: recent.byRule,
    sharedLookups,
    stores,
    storedBytes,
    revalidations,
    purges,
  };
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

/** Adds numbers, and objects by name; one of them may lack a name. */
function added<T extends object>(a: T, b: T): T {
  const plus = (one: unknown, other: unknown): unknown => {
    if (one === undefined || other === undefined) return one ?? other;
    return typeof one === 'number' ? one + (other as number) : added(one as object, other as object);
  };
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof T & string>;
  return Object.fromEntries([...names].map((name) => [name, plus(a[name], b[name])])) as T;
}
