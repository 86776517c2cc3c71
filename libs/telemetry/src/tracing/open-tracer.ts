import { hostname } from 'node:os';
import type { Tracer } from '@slipstream/contracts';
import type { Registry } from 'prom-client';
import { collect } from '../collected-metrics.js';
import { RecordingTracer } from './recording-tracer.js';
import { SpanExporter, type SpanExporterOptions } from './span-exporter.js';

/** Where traces are exported, and which. */
export interface TracingSettings extends Omit<SpanExporterOptions, 'resource' | 'logger'> {
  /** Share of new traces that are recorded, from 0 to 1. */
  sampleRatio: number;
}

/** A tracer that its opener closes. */
export interface OpenTracer extends Tracer {
  /** Exports waiting spans, within two seconds. */
  close(): Promise<void>;
}

/** The process whose spans are exported. */
export interface TracedProcess {
  name: string;
  version: string;
  registry: Registry;
  logger: SpanExporterOptions['logger'];
}

/** Opens the tracer of a process. Once. */
export function openTracer(
  { sampleRatio, ...settings }: TracingSettings,
  { name, version, registry, logger }: TracedProcess,
): OpenTracer {
  const resource = {
    'service.name': `slipstream-${name}`,
    'service.namespace': 'slipstream',
    'service.version': version,
    'service.instance.id': `${hostname()}:${process.pid}`,
  };
  const exporter = new SpanExporter({ ...settings, resource, logger });
  collect(registry, {
    type: 'counter',
    name: 'slipstream_trace_spans_total',
    help:
      'Finished spans of recorded traces by outcome: exported, failed (the collector refused them or did not answer ' +
      'in time), dropped (more than tracing.queueMaxSpans waited).',
    labelNames: ['outcome'],
    read: () => Object.entries(exporter.counts).map(([outcome, count]) => [{ outcome }, count] as const),
  });
  const tracer = new RecordingTracer(sampleRatio, exporter.add);
  return { begin: (span, origin) => tracer.begin(span, origin), close: () => exporter.close() };
}
