import { EventEmitter } from 'node:events';
import { QueryOptimizer } from '../advisor/query-optimizer.js';
import { QueryMonitor, type CommandSource } from '../monitor/query-monitor.js';

const logger = { info: () => undefined, warn: () => undefined };

/** What a process has that ran these counts, each in so many ms, on a database that is unreachable now. */
export function queried(counts: readonly { collection: string; durationMs: number }[]): {
  queries: QueryMonitor;
  optimizer: QueryOptimizer;
} {
  const client = new EventEmitter();
  const queries = new QueryMonitor({ logger });
  queries.watch(client as unknown as CommandSource);
  for (const [requestId, { collection, durationMs }] of counts.entries()) {
    const command = { count: collection, query: {} };
    client.emit('commandStarted', { requestId, commandName: 'count', command });
    client.emit('commandSucceeded', { requestId, duration: durationMs, reply: { n: 3 } });
  }
  const pool = { queries, isAvailable: false, connection: { db: undefined, models: {} } };
  return { queries, optimizer: new QueryOptimizer(pool, logger) };
}
