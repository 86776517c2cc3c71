import { z } from 'zod';

const counts = z.record(z.string(), z.number());
const memory = z.object({
  entries: z.number(),
  bytes: z.number(),
  /** Dropped because memory was full. */
  evictions: z.number(),
});

/**
 * Body of `GET /admin/cache`: what the caches of the gateway that answers hold, and did since the start of its
 * processes.
 */
export const cacheStatistics = z.object({
  /** Those that these figures are of. */
  processes: z.number(),
  objects: z.object({
    memory,
    /** What an invalidation takes to reach the processes, in ms; absent while there is no bus. */
    busLagMs: z.number().optional(),
    patterns: z.record(
      z.string(),
      z.object({
        /** Part of the reads that needed no load, 0 to 1; absent when there were none. */
        hitRatio: z.number().optional(),
        reads: counts,
        loads: z.number(),
        /** Mean time of a load, in ms; absent when there were none. */
        loadMs: z.number().optional(),
        invalidations: z.number(),
      }),
    ),
  }),
  /** Absent when no web application is configured, or its cache is switched off. */
  responses: z
    .object({
      memory: memory.extend({ coalescedFetches: z.number(), bufferedBytes: z.number() }),
      /** Part of the requests that no backend was asked for, 0 to 1; absent when there were none. */
      hitRatio: z.number().optional(),
      /** Requests by how they were answered. */
      answers: counts,
      /** Questions to Redis by what it knew. */
      sharedLookups: counts,
      stores: z.number(),
      storedBytes: z.number(),
      revalidations: z.number(),
      purges: z.number(),
    })
    .optional(),
});

export type CacheStatistics = z.infer<typeof cacheStatistics>;
