import type { IncomingMessage } from 'node:http';
import type { Tracer } from '@slipstream/contracts';
import { originForm, type Peers, type RequestContext, type RequestTimeline } from '@slipstream/http';
import { newTraceparent, requestIdFrom } from '@slipstream/telemetry';
import { setContext } from './request-context.js';
import { beginRequestTrace, traceparentOf, tracestateOf } from './request-span.js';

/** Gives a request its ids, its trace and the address of its client. */
export function createContext(
  request: IncomingMessage,
  peers: Peers,
  tracer: Tracer | undefined,
  timeline: RequestTimeline | undefined,
): RequestContext {
  const { headers } = request;
  const peer = peers.of(request);
  const trace = tracer && beginRequestTrace(tracer, request, peer);
  const context: RequestContext = {
    requestId: requestIdFrom(headers['x-request-id']),
    traceparent: trace?.traceparent ?? newTraceparent(traceparentOf(headers)),
    tracestate: tracestateOf(headers, peer),
    span: trace?.span,
    url: originForm(request.url ?? '/'),
    peer,
    clientAddress: peers.clientAddress(request),
    timeline,
  };
  setContext(request, context);
  return context;
}
