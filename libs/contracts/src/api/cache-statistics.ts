import { z } from 'zod';

/** Ratio of hits, 0 to 1. Absent if there was no request. */
const hitRatio = z.number().optional();
const counts = z.record(z.string(), z.number());
const memory = z.object({
  entries: z.number(),
  bytes: z.number(),
  /** Evicted because the memory limit was reached. */
  evictions: z.number(),
});

/**
 * Body of `GET /admin/cache`: contents and counts of the caches of the gateway that answers, since the start of its
 * processes.
 */
export const cacheStatistics = z.object({
  /** Number of processes that the figures cover. */
  processes: z.number(),
  objects: z.object({
    memory,
    /** Time for an invalidation to reach the processes, in ms. Absent without a bus. */
    busLagMs: z.number().optional(),
    patterns: z.record(
      z.string(),
      z.object({
        /** Ratio of reads without a load, 0 to 1. Absent if there were none. */
        hitRatio: z.number().optional(),
        reads: counts,
        loads: z.number(),
        /** Mean duration of a load, in ms. Absent if there were none. */
        loadMs: z.number().optional(),
        invalidations: z.number(),
      }),
    ),
  }),
  /** Absent if no web application is configured, or its cache is off. */
  responses: z
    .object({
      memory: memory.extend({ coalescedFetches: z.number(), bufferedBytes: z.number() }),
      /** Ratio of requests that were answered without a backend, 0 to 1. Absent if there were none. */
      hitRatio: z.number().optional(),
      /** Requests by outcome. */
      answers: counts,
      /** The last minutes: the running one and those before it, of requests that a stored answer may serve. */
      recent: z.object({
        minutes: z.number(),
        hitRatio,
        /** By the pattern of the rule; `none`: no rule matched. */
        rules: z.record(z.string(), z.object({ answers: z.number(), hits: z.number(), hitRatio })),
      }),
      /** Lookups in Redis by outcome. */
      sharedLookups: counts,
      stores: z.number(),
      storedBytes: z.number(),
      revalidations: z.number(),
      purges: z.number(),
    })
    .optional(),
});

export type CacheStatistics = z.infer<typeof cacheStatistics>;
