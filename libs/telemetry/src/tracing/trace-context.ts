import { randomBytes } from 'node:crypto';

/** A position in a trace: W3C Trace Context, section 3.2.2. */
export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  traceId: string;
  /** 16 lower-case hex digits, not all zero: the span that a receiver becomes a child of. */
  spanId: string;
  /** Whether the caller may have recorded the trace. */
  sampled: boolean;
}

const HEADER = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;
const SAMPLED = 0x01;

/**
 * Reads a `traceparent` header.
 *
 * A version above 00 is read by the same four fields and may have more after them; `ff` is forbidden (section 3.2.2.1).
 *
 * @returns undefined for anything invalid, which a receiver must treat as if there were no header
 */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const [, version, traceId, spanId, flags, rest] = HEADER.exec(header ?? '') ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

/** Version 00; every flag but `sampled` is sent as zero (section 3.2.2.5.3). */
export const formatTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** A span of our own: a child of `parent`, or the root of a new trace. */
export const childSpan = (parent?: TraceContext): TraceContext => ({
  traceId: parent?.traceId ?? randomId(16),
  spanId: randomId(8),
  sampled: parent?.sampled ?? true,
});

/** The `traceparent` of a new span: a child of the one in `parent`, or a root when that is absent or invalid. */
export const newTraceparent = (parent?: string): string => formatTraceparent(childSpan(parseTraceparent(parent)));

function randomId(bytes: number): string {
  const id = randomBytes(bytes).toString('hex');
  return ZEROS.test(id) ? randomId(bytes) : id;
}
