import type { NewSpan, Span, SpanOrigin, Tracer } from '@slipstream/contracts';
import { isRecorded, newTraceparent, parseTraceparent, unrecordedTraceparent } from '../trace-context.js';
import { currentContext, runInContext, type WorkContext } from '../work-context.js';

/** Trace of a request or job. */
export interface Trace {
  /** W3C trace context to pass on. */
  traceparent: string;
  /** Absent: it is not recorded. */
  span?: Span;
}

/** Trace context that a request or job came with. */
export interface TraceOrigin {
  traceparent?: string;
  /**
   * Whether its sender may choose parent and sampling. The id of the trace, like the id of the request, is accepted
   * from any sender. Default: true.
   */
  isTrusted?: boolean;
}

/** Begins the part of a trace that this process contributes. */
export function beginTrace(tracer: Tracer | undefined, span: NewSpan, origin: TraceOrigin): Trace {
  if (!tracer) return { traceparent: newTraceparent(origin.traceparent), span: undefined };
  const from = spanOrigin(origin);
  const begun = tracer.begin(span, from);
  return { traceparent: begun?.traceparent ?? unrecordedTraceparent(traceIdOf(from)), span: begun };
}

function spanOrigin({ traceparent, isTrusted = true }: TraceOrigin): SpanOrigin {
  const parent = parseTraceparent(traceparent);
  return parent && isTrusted
    ? { type: 'parent', parent, isSampled: isRecorded(parent) }
    : { type: 'root', traceId: parent?.traceId };
}

const traceIdOf = (origin: SpanOrigin): string | undefined =>
  origin.type === 'root' ? origin.traceId : origin.parent.traceId;

/** Runs a job in the trace of the request that caused it. Its span ends with the job and links to the current span. */
export async function runTraced<T>(
  tracer: Tracer | undefined,
  span: NewSpan,
  context: Omit<WorkContext, 'span'>,
  work: () => Promise<T>,
): Promise<T> {
  const trace = beginTrace(tracer, { ...span, link: currentContext()?.span?.traceparent }, context);
  try {
    return await runInContext({ ...context, ...trace }, work);
  } catch (error) {
    trace.span?.fail(errorType(error));
    throw error;
  } finally {
    trace.span?.end();
  }
}

/** Returns the `error.type` of an error: its code, or the name of its class. Its message may contain contents. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
