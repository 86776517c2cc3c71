import type { QueryPlan } from '@slipstream/contracts';
import { DurationSketch } from './duration-sketch.js';
import type { QueryReport, ShapeReport } from './query-report.js';

/** Statistics of the queries of one shape in all processes that reported. */
export interface QueryTotals {
  id: string;
  operation: string;
  collection: string;
  /** Condition, order and fields, with `?` for each value. */
  query: string;
  count: number;
  errors: number;
  slow: number;
  totalMs: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  /** Returned or written. */
  documents: number;
  /** Of the answers. */
  bytes: number;
  /** Most queries of this shape that one request or job sent within a second; 0 for writes. */
  maxPerWork: number;
  /** The latest one. */
  plan?: QueryPlan;
}

/** Adds up the reports of processes, the shape with the most time in all first. */
export function queryTotals(reports: readonly QueryReport[]): QueryTotals[] {
  const byId = Map.groupBy(
    reports.flatMap(({ shapes }) => shapes),
    ({ id }) => id,
  );
  return [...byId.values()].map(totalsOf).toSorted((a, b) => b.totalMs - a.totalMs);
}

function totalsOf(shapes: readonly ShapeReport[]): QueryTotals {
  const { id, operation, collection, query } = shapes[0]!;
  const durations = new DurationSketch();
  for (const shape of shapes) durations.merge(shape.durations);
  const [plan] = shapes.flatMap((shape) => shape.plan ?? []).toSorted(latestFirst);
  const sum = (of: 'errors' | 'slow' | 'documents' | 'bytes') => shapes.reduce((total, shape) => total + shape[of], 0);
  return {
    id,
    operation,
    collection,
    query,
    count: durations.count,
    errors: sum('errors'),
    slow: sum('slow'),
    totalMs: rounded(durations.totalMs),
    p50Ms: rounded(durations.quantile(0.5)),
    p95Ms: rounded(durations.quantile(0.95)),
    p99Ms: rounded(durations.quantile(0.99)),
    maxMs: rounded(durations.maxMs),
    documents: sum('documents'),
    bytes: sum('bytes'),
    maxPerWork: Math.max(...shapes.map(({ maxPerWork }) => maxPerWork)),
    ...(plan && { plan }),
  };
}

const latestFirst = (a: QueryPlan, b: QueryPlan): number => b.explainedAt.localeCompare(a.explainedAt);

const rounded = (ms: number): number => Math.round(ms * 100) / 100;
