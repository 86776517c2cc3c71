import { z } from 'zod';

const count = z.number().int().nonnegative();

/** Body of `GET /admin/cdn`: the CDN in front, as the processes of this gateway see it. */
export const cdnView = z.object({
  /** Number of processes that the figures cover. */
  processes: count,
  /** Base URL. Absent: no CDN is configured. */
  url: z.string().optional(),
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
