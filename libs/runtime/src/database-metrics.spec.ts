import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { DatabasePool } from '@slipstream/mongo';
import { showDatabase } from './database-metrics.js';

it('shows the pool and its slow queries', async () => {
  const logger = { info: () => undefined, warn: () => undefined };
  const { activity, queries } = new DatabasePool({ uri: 'mongodb://127.0.0.1:1/x', logger });
  const registry = new Registry();
  showDatabase({ activity, queries }, registry);
  activity.waiting = 3;
  activity.inUse = 2;
  activity.closed.set('idle', 4);
  activity.failedWaits.set('timeout', 5);
  for (let wait = 0; wait < 6; wait += 1) activity.waits.observe(0.002);
  queries.slow.set('find chats', 7);
  const text = await registry.metrics();
  for (const line of [
    'slipstream_mongodb_pool_waiting 3',
    'slipstream_mongodb_pool_connections{state="in_use"} 2',
    'slipstream_mongodb_pool_closed_total{reason="idle"} 4',
    'slipstream_mongodb_pool_failed_waits_total{reason="timeout"} 5',
    'slipstream_mongodb_pool_wait_duration_seconds_bucket{le="+Inf"} 6',
    'slipstream_mongodb_slow_queries_total{collection="chats",operation="find"} 7',
  ])
    expect(text).toContain(line);
});
