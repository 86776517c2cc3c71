import type { SpanKind } from '@slipstream/contracts';
import type { SpanRecord } from './span-record.js';

/** Numbers of opentelemetry/proto/trace/v1/trace.proto. */
const KINDS: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const STATUS_ERROR = 2;
/** W3C trace flags: sampled. */
const SAMPLED = 1;

type Attributes = Iterable<readonly [key: string, value: string | number | boolean]>;

/**
 * Returns an ExportTraceServiceRequest in OTLP's JSON form (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding):
 * ids in hex, 64-bit integers as text.
 * @param resource attributes of the process
 */
export function otlpJson(resource: Attributes, spans: readonly SpanRecord[]): string {
  const scopeSpans = [{ scope: { name: 'slipstream' }, spans: spans.map(toSpan) }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: toAttributes(resource) }, scopeSpans }] });
}

const toSpan = ({ kind, startedAt, endedAt, attributes, isFailed, link, ...ids }: SpanRecord): object => ({
  ...ids, // traceId, spanId, parentSpanId and name
  kind: KINDS[kind],
  startTimeUnixNano: toNanoseconds(startedAt),
  endTimeUnixNano: toNanoseconds(endedAt),
  attributes: toAttributes(attributes),
  links: link ? [{ traceId: link.traceId, spanId: link.spanId, flags: SAMPLED }] : undefined,
  flags: SAMPLED,
  status: isFailed ? { code: STATUS_ERROR } : {},
});

/** Microseconds are exact in a double; nanoseconds since 1970 are not. */
const toNanoseconds = (ms: number): string => `${Math.round(ms * 1000)}000`;

const toAttributes = (attributes: Attributes): object[] =>
  [...attributes].map(([key, value]) => ({ key, value: toValue(value) }));

function toValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
