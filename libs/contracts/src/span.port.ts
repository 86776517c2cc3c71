/** Role of a span: `server` and `consumer` answer another process, `client` and `producer` call one. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** Facts about a span, named by OpenTelemetry's semantic conventions. Never contents, secrets or query values. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A span that begins. */
export interface NewSpan {
  /** Of low cardinality: no ids. */
  name: string;
  kind: SpanKind;
  attributes?: SpanAttributes;
  /** On the clock of `performance.now()`. Default: now. */
  startedAtMs?: number;
  /** `traceparent` of a related span that is not the parent. */
  link?: string;
}

/** Facts that are known at the end of a span. */
export interface SpanEnd {
  /** Replaces the name. */
  name?: string;
  attributes?: SpanAttributes;
  /** Type of the error that the span ended with: an error code or a status. */
  error?: string;
  /** On the clock of `performance.now()`. Default: now. */
  atMs?: number;
}

/** A recorded part of a trace. Requests and jobs that are not sampled have none. */
export interface Span {
  /** W3C `traceparent` for the next process. */
  readonly traceparent: string;
  child(span: NewSpan): Span;
  /** Marks it as failed. The first error counts. */
  fail(error: string): void;
  /** Further calls have no effect. */
  end(end?: SpanEnd): void;
}

/** Parent of a span in another process. */
export interface RemoteParent {
  traceId: string;
  spanId: string;
}

/** Where a span begins. */
export type SpanOrigin =
  /** A parent that was sampled, or was not. */
  | { readonly type: 'parent'; readonly parent: RemoteParent; readonly isSampled: boolean }
  /** A new trace; the tracer decides whether it is sampled. Default of `traceId`: a random one. */
  | { readonly type: 'root'; readonly traceId?: string };

/** Begins the spans of requests and jobs. */
export interface Tracer {
  /** @returns undefined if the trace is not sampled */
  begin(span: NewSpan, origin: SpanOrigin): Span | undefined;
}
