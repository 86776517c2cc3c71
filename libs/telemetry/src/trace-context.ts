import { randomHex } from './random-hex.js';

/** W3C Trace Context, `traceparent` (https://www.w3.org/TR/trace-context/#traceparent-header). */
export interface TraceParent {
  /** 32 lower-case hex digits, not all zero. */
  traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  spanId: string;
  /** Two hex digits; bit 0 means that the caller records. */
  flags: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** @returns undefined if the header is missing or invalid: a new trace then begins */
export function parseTraceparent(header: string | undefined): TraceParent | undefined {
  const [, version, traceId, spanId, flags, rest] = TRACEPARENT.exec(header ?? '') ?? [];
  if (!version || !traceId || !spanId || !flags) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags };
}

/**
 * Returns a `traceparent` for our own span: in the caller's trace if its header is valid, else in a new one. Flags that
 * version 00 does not define are sent as zero (section 3.2.2.5).
 */
export function newTraceparent(header?: string): string {
  const parent = parseTraceparent(header);
  const traceId = parent?.traceId ?? randomHex(16);
  return `00-${traceId}-${randomHex(8)}-${isRecorded(parent) ? '01' : '00'}`;
}

const isRecorded = (parent: TraceParent | undefined): boolean =>
  parent === undefined || (Number.parseInt(parent.flags, 16) & 1) === 1;
