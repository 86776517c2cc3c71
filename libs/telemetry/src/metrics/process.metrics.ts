import { collectDefaultMetrics, type Registry } from 'prom-client';

const ANY_OF_THEM = 'process_cpu_seconds_total';

/** CPU, memory, event loop and garbage collection, under the names that every Node dashboard knows. Once per registry. */
export function collectProcessMetrics(registry: Registry): void {
  if (registry.getSingleMetric(ANY_OF_THEM) === undefined) collectDefaultMetrics({ register: registry });
}
