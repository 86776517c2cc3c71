import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';
import type { Survey } from './process-group.js';

/** What one process has measured, as its registry gives it. */
export type MetricsOfProcess = MetricObjectWithValues<MetricValue<string>>[];

/** Adds up what the processes of a group have measured: each metric as its aggregator says, by default the sum. In Prometheus' text format. */
export async function sumMetrics({ answers, size }: Survey): Promise<string> {
  const told = answers as MetricsOfProcess[];
  const text = await AggregatorRegistry.aggregate(told).metrics();
  return `${text.trimEnd()}\n${gauge('slipstream_processes', 'Processes that share this listener.', size)}${gauge('slipstream_processes_silent', 'Those of them that these figures leave out, for they did not tell theirs.', size - told.length)}`;
}

const gauge = (name: string, help: string, value: number): string => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`;
