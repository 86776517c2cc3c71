import { AsyncLocalStorage } from 'node:async_hooks';
import { requestIdFrom } from './request-id.js';
import { childSpan, formatTraceparent, parseTraceparent } from './trace-context.js';

/** What a request or a queue message brought along, unchecked. */
export interface IncomingContext {
  /** Its `X-Request-Id`; replaced when absent or not acceptable. */
  requestId?: string;
  /** Its `traceparent`; a new trace begins when absent or invalid. */
  traceparent?: string;
}

/** Where the running code stands. */
export interface RequestContext {
  readonly requestId: string;
  readonly traceId: string;
  /** Our own span, a child of the caller's. */
  readonly spanId: string;
  /** To be sent with every request and message that this work causes. */
  readonly traceparent: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `task`, and all that it starts, in a new span of the incoming trace. */
export function runInContext<T>(incoming: IncomingContext, task: () => T): T {
  const span = childSpan(parseTraceparent(incoming.traceparent));
  const context = {
    requestId: requestIdFrom(incoming.requestId),
    traceId: span.traceId,
    spanId: span.spanId,
    traceparent: formatTraceparent(span),
  };
  return storage.run(context, task);
}

/** @returns undefined outside {@link runInContext} */
export const currentContext = (): RequestContext | undefined => storage.getStore();
