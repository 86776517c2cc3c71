import { z } from 'zod';

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();
const key = z.record(z.string(), z.union([z.number(), z.string()]));
const collection = z.string().max(300);

/** The server's work for one query of a shape, as `explain("executionStats")` reports it. */
export const queryPlan = z.object({
  explainedAt: z.iso.datetime(),
  docsExamined: count,
  keysExamined: count,
  returned: count,
  /** Documents examined for each one returned. */
  examinedPerReturned: z.number().nonnegative(),
  isSortedInMemory: z.boolean(),
  stages: z
    .array(
      z.object({
        stage: z.string().max(100),
        depth: count,
        collection,
        index: key.optional(),
        returned: count.optional(),
        keysExamined: count.optional(),
        docsExamined: count.optional(),
      }),
    )
    .max(60),
  /** Problems of the plan, with the index that ends each. */
  findings: z
    .array(z.object({ code: z.string().max(100), collection, detail: z.string().max(3000), index: key.optional() }))
    .max(40),
});
export type QueryPlan = z.infer<typeof queryPlan>;

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
  /** Most queries of this shape that one request or job sent within a second; 0 for writes. */
  maxPerWork: count,
  /** Absent until a query of the shape was slow and then explained, or was explained on request. */
  plan: queryPlan.optional(),
});

/** Body of `GET /admin/queries`: the shape with the most time in all first. */
export const queryList = z.object({
  /** Number of processes that the figures cover. */
  processes: count,
  /** Shapes that a process dropped, because it keeps 500. */
  evicted: count,
  /** Why the server explains no queries. Absent while it does. */
  explainRefusal: z.string().optional(),
  items: z.array(queryView),
});
export type QueryList = z.infer<typeof queryList>;

const reason = z.string();
const queries = z.array(z.string());

const queryAdvice = z.discriminatedUnion('kind', [
  /** `savesMs`: an estimate of the time that its queries would have saved since the start of their processes. */
  z.object({ kind: z.literal('create_index'), collection, index: key, queries, savesMs: ms, reason }),
  /** `code`: the finding that no index ends. */
  z.object({ kind: z.literal('change_query'), collection, queries, code: z.string(), reason }),
  /** Many reads of one shape in one request or job. */
  z.object({ kind: z.literal('load_together'), collection, queries, reason }),
  /** The index is redundant or unused: hide it, watch the queries, then drop it. */
  z.object({ kind: z.literal('hide_index'), collection, name: z.string(), index: key, reason }),
]);
export type QueryAdvice = z.infer<typeof queryAdvice>;

/** Body of `GET /admin/queries/advice`. */
export const queryAdviceList = z.object({
  /** Why the server explains no queries; then advice about slow queries is missing. Absent while it does. */
  explainRefusal: z.string().optional(),
  items: z.array(queryAdvice),
});
export type QueryAdviceList = z.infer<typeof queryAdviceList>;
