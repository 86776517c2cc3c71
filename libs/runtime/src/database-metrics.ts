import type { DatabaseStores, PoolActivity } from '@slipstream/mongo';
import {
  collect,
  collectHistogram,
  DURATION_BOUNDS_SECONDS,
  type CollectedMetric,
  type Telemetry,
} from '@slipstream/telemetry';

/** Shows the connection pool of the database, and its slow queries, as metrics. */
export function showDatabase(
  { activity, queries }: Pick<DatabaseStores, 'activity' | 'queries'>,
  registry: Telemetry['registry'],
): void {
  for (const [type, name, help, labelNames, read] of poolFamilies(activity))
    collect(registry, { type, name, help, labelNames, read });
  collectHistogram(registry, {
    name: 'slipstream_mongodb_pool_wait_duration_seconds',
    help: 'Waits for a connection that ended with one.',
    bounds: DURATION_BOUNDS_SECONDS,
    read: () => [{ labels: {}, counts: activity.waits.counts, sum: activity.waits.sumSeconds }],
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_mongodb_slow_queries_total',
    help: 'Queries that took mongodb.slowQueryMs or longer.',
    labelNames: ['collection', 'operation'],
    read: () => slowQueries(queries.slow),
  });
}

type Family = [
  type: CollectedMetric['type'],
  name: CollectedMetric['name'],
  help: string,
  labelNames: string[],
  read: CollectedMetric['read'],
];

const poolFamilies = (activity: PoolActivity): Family[] => [
  ['gauge', 'slipstream_mongodb_pool_connections', 'Open connections to MongoDB.', ['state'], () => byState(activity)],
  [
    'gauge',
    'slipstream_mongodb_pool_waiting',
    'Operations that wait for a connection.',
    [],
    () => [[{}, activity.waiting]],
  ],
  ['counter', 'slipstream_mongodb_pool_created_total', 'Connections opened.', [], () => [[{}, activity.created]]],
  [
    'counter',
    'slipstream_mongodb_pool_closed_total',
    'Connections closed, by the reason that the driver gives.',
    ['reason'],
    () => byReason(activity.closed),
  ],
  [
    'counter',
    'slipstream_mongodb_pool_failed_waits_total',
    'Waits for a connection that ended without one, by reason: timeout means that the pool is exhausted.',
    ['reason'],
    () => byReason(activity.failedWaits),
  ],
];

const byState = ({ inUse, idle }: PoolActivity) =>
  Object.entries({ in_use: inUse, idle }).map(([state, count]) => [{ state }, count] as const);

const byReason = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([reason, count]) => [{ reason }, count] as const);

const slowQueries = (slow: ReadonlyMap<string, number>) =>
  [...slow].map(([name, count]) => {
    const [operation = '', collection = ''] = name.split(' ');
    return [{ collection, operation }, count] as const;
  });
