import type { SpanKind } from '@slipstream/contracts';

/** A finished span, as it waits for its export. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly link?: { readonly traceId: string; readonly spanId: string };
  readonly name: string;
  readonly kind: SpanKind;
  /** In ms since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: ReadonlyMap<string, string | number | boolean>;
  readonly isFailed: boolean;
}
