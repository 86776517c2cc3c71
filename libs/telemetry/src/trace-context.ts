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
  return `00-${traceId}-${randomHex(8)}-${parent === undefined || isRecorded(parent) ? '01' : '00'}`;
}

/** Returns a `traceparent` of a trace that nothing records. Default of `traceId`: a random one. */
export const unrecordedTraceparent = (traceId: string = randomHex(16)): string => `00-${traceId}-${randomHex(8)}-00`;

/** Whether the caller records the trace. */
export const isRecorded = ({ flags }: Pick<TraceParent, 'flags'>): boolean => (Number.parseInt(flags, 16) & 1) === 1;

/** Limits of section 3.3.1.5; longer values may be dropped. */
const MAX_TRACESTATE_LENGTH = 512;
const TRACESTATE = /^[\x20-\x7e]+$/;

/** Returns the `tracestate` to pass on. Without a valid `traceparent` it has no meaning (section 4.3). */
export function tracestateBeside(traceparent: string | undefined, tracestate: string | undefined): string | undefined {
  if (tracestate === undefined || tracestate.length > MAX_TRACESTATE_LENGTH || !TRACESTATE.test(tracestate))
    return undefined;
  return parseTraceparent(traceparent) && tracestate;
}
