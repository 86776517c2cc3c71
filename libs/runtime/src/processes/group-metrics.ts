import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import { DependencyUnavailableError } from '@slipstream/contracts';
import type { Survey } from './process-group.js';

/** The survey whose answers the supervisor keeps (see metrics-ledger.ts). */
export const METRICS_TOPIC = 'metrics';

/** What one process has measured, as its registry gives it. */
export type MetricsOfProcess = MetricObjectWithValues<MetricValue<string> & { metricName?: string }>[];

/**
 * Adds up what the processes of a group have measured: each metric as its aggregator says, by default the sum. In
 * Prometheus' text format.
 * @throws DependencyUnavailableError when the supervisor did not answer: the figures of one process alone would look as
 * if counters had fallen
 */
export async function sumMetrics({ answers, size, silent, isOwnOnly }: Survey): Promise<string> {
  if (isOwnOnly) throw new DependencyUnavailableError('supervisor');
  const text = await AggregatorRegistry.aggregate(answers as MetricsOfProcess[]).metrics();
  return `${text.trimEnd()}\n${gauge('slipstream_processes', 'Processes that share this listener.', size)}${gauge('slipstream_processes_silent', 'Processes that did not report in time. Their counters stand as last reported.', silent)}`;
}

const gauge = (name: string, help: string, value: number): string =>
  `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`;
