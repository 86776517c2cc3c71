import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import { DependencyUnavailableError } from '@slipstream/contracts';
import type { Gathered } from './process-group.js';

/** Topic of the scatter-gather request whose answers the supervisor stores (see metrics-ledger.ts). */
export const METRICS_TOPIC = 'metrics';

/** Metrics of one process, as its registry returns them. */
export type MetricsOfProcess = MetricObjectWithValues<MetricValue<string> & { metricName?: string }>[];

/**
 * Aggregates the metrics of a group's processes, each by its aggregator (default: the sum), into Prometheus' text
 * format.
 * @throws DependencyUnavailableError if the supervisor did not answer: with the figures of one process alone, counters
 * would seem to fall
 */
export async function sumMetrics({ answers, size, silent, isOwnOnly }: Gathered): Promise<string> {
  if (isOwnOnly) throw new DependencyUnavailableError('supervisor');
  const text = await AggregatorRegistry.aggregate(answers as MetricsOfProcess[]).metrics();
  return [
    `${text.trimEnd()}\n`,
    gauge('slipstream_processes', 'Processes that share this listener.', size),
    gauge('slipstream_processes_silent', SILENT_HELP, silent),
  ].join('');
}

const SILENT_HELP = 'Processes that did not report metrics in time. Their last reported counters are used.';

const gauge = (name: string, help: string, value: number): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`;
