import type { IncomingMessage } from 'node:http';
import type { Principal } from '@slipstream/contracts';
import type { Peer } from '@slipstream/http';

/** What the listener found out about a request before anything handled it. */
export interface RequestContext {
  requestId: string;
  /** W3C trace context to pass on. */
  traceparent: string;
  /** Path and query as the client sent them (origin form). */
  url: string;
  peer: Peer;
  /** Where the request was first sent from, as far as that is known. */
  clientAddress: string;
  /** Told once the status that a handshake is answered with; 499 when the client left before. */
  onHandshakeAnswered?: (status: number) => void;
  /** Set where a principal is asked for: the native API and `/v1`. */
  principal?: Principal;
}

/**
 * On the request itself: a map from requests would cost every request an entry, and every garbage collection a walk.
 */
const CONTEXT = Symbol('request context');
type Known = IncomingMessage & { [CONTEXT]?: RequestContext };

export const setContext = (request: Known, context: RequestContext): void => void (request[CONTEXT] = context);

/** What the listener found out, if the request came through it. */
export const findContext = (request: Known): RequestContext | undefined => request[CONTEXT];

/** @throws Error when the request did not come through the listener, which is a fault of ours */
export function contextOf(request: IncomingMessage): RequestContext {
  const context = findContext(request);
  if (!context) throw new Error('This request did not come through the listener.');
  return context;
}
