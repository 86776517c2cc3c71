import { z } from 'zod';

const count = z.number().int().nonnegative();
const ends = z.object({ crashed: count, timed_out: count });

/** Body of `GET /admin/assets`: assets that the processes of this gateway made smaller since their start. */
export const assetView = z.object({
  /** Number of processes that the figures cover. */
  processes: count,
  /** Absent: assets stay as the backends send them. */
  optimizer: z
    .object({
      /** Assets by kind, coding and outcome. */
      variants: z.array(
        z.object({ kind: z.string(), coding: z.string(), outcome: z.string(), count: z.number().int().positive() }),
      ),
      /** Bytes by which the new forms are smaller than the stored assets, by kind. */
      savedBytes: z.record(z.string(), count),
      /** Assets that wait for a thread, and their bytes. */
      waiting: z.object({ tasks: count, bytes: count }),
      /** Ends of a worker thread or of its transforming process during a task. */
      ends: z.object({ thread: ends, transformer: ends }),
    })
    .optional(),
  /** The folder of finished assets, which the processes of a machine share. Absent as `optimizer`. */
  store: z
    .object({
      directory: z.string(),
      maxBytes: count,
      /** Absent until a process has used it. */
      bytes: count.optional(),
      evictions: count,
      writeErrors: count,
      /** Why a file could not be written. Absent: every file could. */
      lastError: z.string().optional(),
    })
    .optional(),
  /** Dictionaries of releases (RFC 9842). Absent: browsers are offered none. */
  dictionaries: z
    .object({
      /** Dictionaries that browsers may come back with. Each process has its own. */
      kept: z.array(z.object({ digest: z.string(), bytes: count })),
      made: count,
      downloads: count,
      /** Answers that were sent as a difference, by coding. */
      answers: z.object({ dcb: count, dcz: count }),
      savedBytes: count,
    })
    .optional(),
});

export type AssetView = z.infer<typeof assetView>;
