import type { RequestContext } from './request-context.js';

/** Ids that connect a log line to its request and its trace. */
export interface LogIds {
  requestId?: string;
  traceId?: string;
}

/** The trace id is the second field of traceparent. */
export const logIds = ({
  requestId,
  traceparent,
}: Partial<Pick<RequestContext, 'requestId' | 'traceparent'>>): LogIds =>
  traceparent === undefined ? { requestId } : { requestId, traceId: traceparent.slice(3, 35) };
