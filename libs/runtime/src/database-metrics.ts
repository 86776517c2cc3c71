import { WAIT_BOUNDS_SECONDS, type DatabaseStores, type PoolActivity } from '@slipstream/mongo';
import { collect, collectHistogram, type CollectedMetric, type Telemetry } from '@slipstream/telemetry';

/** Shows the connection pool of the database, and its slow queries, as metrics. */
export function showDatabase(
  { activity, queries }: Pick<DatabaseStores, 'activity' | 'queries'>,
  registry: Telemetry['registry'],
): void {
  for (const metric of poolMetrics(activity)) collect(registry, metric);
  collectHistogram(registry, {
    name: 'slipstream_mongodb_pool_wait_duration_seconds',
    help: 'Waits for a connection that ended with one.',
    bounds: WAIT_BOUNDS_SECONDS,
    read: () => [{ labels: {}, counts: activity.waits, sum: activity.waitSeconds }],
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_mongodb_slow_queries_total',
    help: 'Queries that took mongodb.slowQueryMs or longer.',
    labelNames: ['collection', 'operation'],
    read: () => slowQueries(queries.slow),
  });
}

const poolMetrics = (activity: PoolActivity): CollectedMetric[] => [
  {
    type: 'gauge',
    name: 'slipstream_mongodb_pool_connections',
    help: 'Open connections to MongoDB.',
    labelNames: ['state'],
    read: () => [
      [{ state: 'in_use' }, activity.inUse],
      [{ state: 'idle' }, activity.idle],
    ],
  },
  {
    type: 'gauge',
    name: 'slipstream_mongodb_pool_waiting',
    help: 'Operations that wait for a connection.',
    labelNames: [],
    read: () => [[{}, activity.waiting]],
  },
  {
    type: 'counter',
    name: 'slipstream_mongodb_pool_created_total',
    help: 'Connections opened.',
    labelNames: [],
    read: () => [[{}, activity.created]],
  },
  {
    type: 'counter',
    name: 'slipstream_mongodb_pool_closed_total',
    help: 'Connections closed, by the reason that the driver gives.',
    labelNames: ['reason'],
    read: () => byReason(activity.closed),
  },
  {
    type: 'counter',
    name: 'slipstream_mongodb_pool_failed_waits_total',
    help: 'Waits for a connection that ended without one, by reason: timeout means that the pool is exhausted.',
    labelNames: ['reason'],
    read: () => byReason(activity.failedWaits),
  },
];

const byReason = (counts: ReadonlyMap<string, number>) =>
  [...counts].map(([reason, count]) => [{ reason }, count] as const);

const slowQueries = (slow: ReadonlyMap<string, number>) =>
  [...slow].map(([name, count]) => {
    const [operation = '', collection = ''] = name.split(' ');
    return [{ collection, operation }, count] as const;
  });
