import { z } from 'zod';
import { queryPlan } from '@slipstream/contracts';
import type { QueryOptimizer } from '../advisor/query-optimizer.js';
import type { QueryMonitor, QueryStatistics } from './query-monitor.js';

/** Of the shapes of a process, the ones with the most time in all are reported. */
const MAX_REPORTED = 200;

const count = z.number().int().nonnegative();
const ms = z.number().nonnegative();

const shapeReport = z.object({
  id: z.string().max(12),
  operation: z.string().max(100),
  collection: z.string().max(300),
  query: z.string().max(2000),
  errors: count,
  slow: count,
  documents: count,
  bytes: count,
  maxPerWork: count,
  durations: z.object({ buckets: z.array(z.tuple([count, count])).max(100), totalMs: ms, maxMs: ms }),
  plan: queryPlan.optional(),
});
/** Statistics of the queries of one shape in one process. */
export type ShapeReport = z.infer<typeof shapeReport>;

/** Statistics of the queries of one process, as plain JSON without values. */
export const queryReport = z.object({
  shapes: z.array(shapeReport).max(MAX_REPORTED),
  evicted: count,
  explainRefusal: z.string().max(2000).optional(),
});
export type QueryReport = z.infer<typeof queryReport>;

export const reportOf = (queries: QueryMonitor, plans: Plans): QueryReport => ({
  shapes: queries
    .statistics()
    .slice(0, MAX_REPORTED)
    .map((statistics) => shapeReportOf(statistics, plans)),
  evicted: queries.evicted,
  ...(plans.refusal !== undefined && { explainRefusal: plans.refusal }),
});

/** The part of the optimizer that has plans. */
type Plans = Pick<QueryOptimizer, 'planOf' | 'refusal'>;

const shapeReportOf = (statistics: QueryStatistics, plans: Plans): ShapeReport => ({
  ...figuresOf(statistics),
  plan: plans.planOf(statistics),
});

const figuresOf = ({ shape, errors, slow, documents, bytes, durations, maxPerWork }: QueryStatistics): ShapeReport => ({
  id: shape.id,
  operation: shape.operation,
  collection: shape.collection,
  query: shape.text,
  errors,
  slow,
  documents,
  bytes,
  maxPerWork,
  durations: durations.counts() as ShapeReport['durations'],
});
