import { claimedOrigin, travellingFields, type Peer, type RawHeaders } from '@slipstream/http';
import { forwardingHeaders } from './forwarding-headers.js';

/** Ids of a request in every log on its way. */
export interface RequestIds {
  requestId: string;
  /** W3C trace context. */
  traceparent: string;
  tracestate?: string;
}

/** Names of this proxy for its backends. */
export interface ProxyNames {
  /** In Via (RFC 9110 section 7.6.3). */
  pseudonym: string;
  /** This proxy's own cookie, which no backend gets. Absent: it sets none. */
  ownCookie?: string;
}

/** The fields of a client's request for a backend. */
export function upstreamHeaders(
  rawHeaders: RawHeaders,
  peer: Peer,
  { requestId, traceparent, tracestate }: RequestIds,
  { pseudonym, ownCookie }: ProxyNames,
): string[] {
  const { headers, host, claims } = travellingFields({ rawHeaders, isTrusted: peer.isTrusted, ownCookie });
  const { scheme } = claimedOrigin(rawHeaders, host, peer);
  headers.push(
    'Via',
    `${peer.httpVersion} ${pseudonym}`,
    'X-Request-Id',
    requestId,
    'Traceparent',
    traceparent,
    ...forwardingHeaders(peer, host, scheme, claims),
  );
  if (tracestate !== undefined) headers.push('Tracestate', tracestate);
  return headers;
}
