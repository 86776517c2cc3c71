import type { Principal, Span } from '@slipstream/contracts';
import type { Peer } from './peers.js';
import type { RequestTimeline } from './request-timeline.js';

/** What the listener found out about a request before a handler got it: for the web pool, `/v1` and the native API. */
export interface RequestContext {
  /** For every log that the request passes. */
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
  /** Where the request was first sent from, as far as that is known. */
  clientAddress: string;
  /** Absent: its stages are not measured. */
  timeline?: RequestTimeline;
  /** Called once with the status that a handshake is answered with; 499 when the client left before. */
  onHandshakeAnswered?: (status: number) => void;
  /** Whether the URL was signed: then its holder may read the answer, and no shared cache in front may store it. */
  isSigned?: boolean;
  /** Set where a principal is required: the native API and `/v1`. */
  principal?: Principal;
}
