import type { Principal, Span } from '@slipstream/contracts';
import type { Peer } from './peers.js';
import type { RequestTimeline } from './request-timeline.js';

/** Facts about a request that the listener passes to its handler: for the web pool, `/v1` and the native API. */
export interface RequestContext {
  /** Id of the request in every log. */
  requestId: string;
  /** W3C trace context to pass on. */
  traceparent: string;
  /** W3C tracestate to pass on. */
  tracestate?: string;
  /** Absent: the request is not recorded. */
  span?: Span;
  /** Path and query as the client sent them (origin form). */
  url: string;
  peer: Peer;
  /** Address from which the request was first sent, as far as known. */
  clientAddress: string;
  /** Absent: its stages are not measured. */
  timeline?: RequestTimeline;
  /** Called once with the status of a handshake's answer; 499 if the client left before. */
  onHandshakeAnswered?: (status: number) => void;
  /** Set if the route requires a principal: the native API and `/v1`. */
  isSigned?: boolean;
  /** Set where a principal is required: the native API and `/v1`. */
  principal?: Principal;
}
