import { z } from 'zod';

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();

/** The queries of one shape, in all processes that answered, since their start. */
const queryView = z.object({
  /** Stable over processes and restarts. */
  id: z.string(),
  /** Command: `find`, `aggregate`, `update`, … */
  operation: z.string(),
  collection: z.string(),
  /** Condition, order and fields as JSON, with `?` for each value. */
  query: z.string(),
  count,
  errors: count,
  /** Queries that took `mongodb.slowQueryMs` or longer. */
  slow: count,
  totalMs: ms,
  p50Ms: ms,
  p95Ms: ms,
  p99Ms: ms,
  maxMs: ms,
  /** Documents returned or written. */
  documents: count,
  /** Bytes of the answers, estimated from one in 32. */
  bytes: count,
});

/** Body of `GET /admin/queries`: the shape with the most time in all first. */
export const queryList = z.object({
  /** Number of processes that the figures cover. */
  processes: count,
  /** Shapes that a process dropped, because it keeps 500. */
  evicted: count,
  items: z.array(queryView),
});
export type QueryList = z.infer<typeof queryList>;
