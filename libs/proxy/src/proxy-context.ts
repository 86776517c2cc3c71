import type { Peer } from '@slipstream/http';

/** What the listener knows of a request. */
export interface ProxyContext {
  requestId: string;
  /** W3C trace context. */
  traceparent: string;
  /** Path and query as the client sent them (origin form). */
  url: string;
  peer: Peer;
  /** Where the request was first sent from, as far as that is known. */
  clientAddress: string;
  /** Told once the status that a handshake is answered with; 499 when the client left before. */
  onHandshakeAnswered?: (status: number) => void;
}
