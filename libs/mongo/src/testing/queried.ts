import { QueryOptimizer } from '../advisor/query-optimizer.js';
import { QueryMonitor } from '../monitor/query-monitor.js';

const logger = { info: () => undefined, warn: () => undefined };

/** What a process has that ran these counts, each in so many ms, on a database that is unreachable now. */
export function queried(counts: readonly { collection: string; durationMs: number }[]): {
  queries: QueryMonitor;
  optimizer: QueryOptimizer;
} {
  const queries = new QueryMonitor({ logger });
  for (const { collection, durationMs } of counts)
    queries.ended(queries.started('count', { count: collection, query: {} })!, durationMs, { reply: { n: 3 } });
  const pool = { queries, isAvailable: false, connection: { db: undefined, models: {} } };
  return { queries, optimizer: new QueryOptimizer(pool, logger) };
}
