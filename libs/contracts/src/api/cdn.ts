import { z } from 'zod';

const count = z.number().int().nonnegative();

/** Body of `GET /admin/cdn`: the CDN in front, as the processes of this gateway see it. */
export const cdnView = z.object({
  /** Number of processes that the figures cover. */
  processes: count,
  /** Base URL. Absent: no CDN is configured. */
  url: z.string().optional(),
  /** Absent: the CDN is not checked. */
  health: z
    .object({
      /** Whether it is healthy for all processes. */
      isHealthy: z.boolean(),
      /** The failed check, if it is unhealthy. */
      reason: z.string().optional(),
      /** Checks since the start of the processes, by what they found. */
      findings: z.object({
        good: count,
        unknown: count,
        unreachable: count,
        wrong: count,
        stale: count,
        slow: count,
      }),
    })
    .optional(),
  /** Absent: no driver of purges is configured. */
  purges: z
    .object({
      /** Purges that the CDN has not accepted yet. */
      pending: count,
      /** Age of the oldest one. Absent if none is pending. */
      oldestMs: z.number().optional(),
      /** Calls since the start of the processes: accepted, to be repeated, rejected. */
      calls: z.object({ done: count, later: count, rejected: count }),
      /** Why the last call failed. Absent if it succeeded. */
      lastFailure: z.string().optional(),
    })
    .optional(),
});

export type CdnView = z.infer<typeof cdnView>;
