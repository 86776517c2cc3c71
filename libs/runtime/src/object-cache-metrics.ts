import type { CacheManager } from '@slipstream/cache';
import { collect, type Labels, type Telemetry } from '@slipstream/telemetry';
import type { ObjectCacheCounts, PatternCounts } from './object-cache-counts.js';

/** Registers the metrics of the object cache: outcomes of reads, durations of loads, contents of memory. */
export function showObjectCache(
  manager: CacheManager,
  counts: ObjectCacheCounts,
  registry: Telemetry['registry'],
): void {
  const perPattern = (read: (counts: PatternCounts) => number) => () =>
    Object.entries(counts.patterns).map(([pattern, values]): readonly [Labels, number] => [{ pattern }, read(values)]);
  const labelNames = ['pattern'];
  collect(registry, {
    type: 'counter',
    name: 'slipstream_object_cache_reads_total',
    help: 'Reads by outcome: memory, shared (Redis), stale, miss, joined (a load), bypassed (no Redis).',
    labelNames: ['pattern', 'outcome'],
    read: () =>
      Object.entries(counts.patterns).flatMap(([pattern, { reads }]) =>
        Object.entries(reads).map(([outcome, value]) => [{ pattern, outcome }, value] as const),
      ),
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_object_cache_loads_total',
    help: 'Loads of values from their source.',
    labelNames,
    read: perPattern(({ loads }) => loads),
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_object_cache_load_seconds_total',
    help: 'Total time of loads from the source.',
    labelNames,
    read: perPattern(({ loadSeconds }) => loadSeconds),
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_object_cache_invalidations_total',
    help: 'Keys that this process invalidated.',
    labelNames,
    read: perPattern(({ invalidations }) => invalidations),
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_object_cache_entries',
    help: 'Values in memory.',
    labelNames: [],
    read: () => [[{}, manager.usage.entries]],
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_object_cache_bytes',
    help: 'Memory of keys and values.',
    labelNames: [],
    read: () => [[{}, manager.usage.bytes]],
  });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_object_cache_evictions_total',
    help: 'Values that were evicted because the memory limit was reached.',
    labelNames: [],
    read: () => [[{}, manager.usage.evictions]],
  });
  collect(registry, {
    type: 'gauge',
    name: 'slipstream_object_cache_bus_lag_seconds',
    help: 'Time for an invalidation to reach the processes, measured by the last heartbeat.',
    labelNames: [],
    aggregator: 'max',
    read: () => (counts.busLagMs === undefined ? [] : [[{}, counts.busLagMs / 1000]]),
  });
}
