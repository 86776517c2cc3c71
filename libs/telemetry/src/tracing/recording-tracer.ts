import type { NewSpan, Span, SpanAttributes, SpanEnd, SpanOrigin, Tracer } from '@slipstream/contracts';
import { randomHex } from '../random-hex.js';
import { shortCopy } from '../short-copy.js';
import { parseTraceparent } from '../trace-context.js';
import type { SpanRecord } from './span-record.js';

/** Longest name or text of an attribute. Some are texts of clients. */
const MAX_TEXT_LENGTH = 256;
const MAX_ATTRIBUTES = 32;

/** Receives finished spans. */
export type SpanSink = (span: SpanRecord) => void;

/** Decides which traces are recorded, and records their spans. */
export class RecordingTracer implements Tracer {
  /** @param sampleRatio share of new traces that are recorded, from 0 to 1 */
  constructor(
    private readonly sampleRatio: number,
    private readonly sink: SpanSink,
    private readonly random: () => number = Math.random,
  ) {}

  begin(span: NewSpan, origin: SpanOrigin): Span | undefined {
    if (origin.type === 'parent')
      return origin.isSampled
        ? new RecordedSpan(this.sink, span, origin.parent.traceId, origin.parent.spanId)
        : undefined;
    return this.random() < this.sampleRatio
      ? new RecordedSpan(this.sink, span, origin.traceId ?? randomHex(16))
      : undefined;
  }
}

class RecordedSpan implements Span {
  readonly traceparent: string;
  private readonly spanId = randomHex(8);
  private readonly startedAtMs: number;
  private error?: string;
  private isEnded = false;

  constructor(
    private readonly sink: SpanSink,
    private readonly begun: NewSpan,
    private readonly traceId: string,
    private readonly parentSpanId?: string,
  ) {
    this.startedAtMs = begun.startedAtMs ?? performance.now();
    this.traceparent = `00-${traceId}-${this.spanId}-01`;
  }

  child(span: NewSpan): Span {
    return new RecordedSpan(this.sink, span, this.traceId, this.spanId);
  }

  fail(error: string): void {
    this.error ??= error;
  }

  end(end: SpanEnd = {}): void {
    if (this.isEnded) return;
    this.isEnded = true;
    if (end.error !== undefined) this.fail(end.error);
    this.sink(this.record(end));
  }

  private record({ name = this.begun.name, attributes, atMs }: SpanEnd): SpanRecord {
    const { begun, error } = this;
    const nowMs = performance.now();
    const endMs = Math.max(atMs ?? nowMs, this.startedAtMs);
    const endedAt = Date.now() - (nowMs - endMs);
    return {
      traceId: this.traceId,
      spanId: this.spanId,
      parentSpanId: this.parentSpanId,
      link: parseTraceparent(begun.link),
      name: cut(name),
      kind: begun.kind,
      startedAt: endedAt - (endMs - this.startedAtMs),
      endedAt,
      attributes: bounded(begun.attributes, attributes, error === undefined ? undefined : { 'error.type': error }),
      isFailed: error !== undefined,
    };
  }
}

function bounded(...parts: (SpanAttributes | undefined)[]): SpanRecord['attributes'] {
  const attributes = new Map<string, string | number | boolean>();
  for (const part of parts)
    for (const [key, value] of Object.entries(part ?? {}))
      if (value !== undefined && attributes.size < MAX_ATTRIBUTES)
        attributes.set(key, typeof value === 'string' ? cut(value) : value);
  return attributes;
}

const cut = (text: string): string => (text.length <= MAX_TEXT_LENGTH ? text : shortCopy(text, MAX_TEXT_LENGTH));
