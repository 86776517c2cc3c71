import { RecordingTracer } from '../tracing/recording-tracer.js';
import type { SpanRecord } from '../tracing/span-record.js';

/** A tracer that keeps its finished spans. @param sampleRatio default: every trace is recorded */
export function keptSpans(sampleRatio = 1): {
  tracer: RecordingTracer;
  spans: SpanRecord[];
  named: (name: string) => SpanRecord;
} {
  const spans: SpanRecord[] = [];
  const named = (name: string): SpanRecord => {
    const found = spans.find((span) => span.name === name);
    if (!found) throw new Error(`no span ${name} among ${spans.map((span) => span.name).join(', ')}`);
    return found;
  };
  return { tracer: new RecordingTracer(sampleRatio, (span) => spans.push(span)), spans, named };
}
