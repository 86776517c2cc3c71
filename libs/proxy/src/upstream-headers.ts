import { claimedOrigin, travellingFields, type Peer, type RawHeaders } from '@slipstream/http';
import { forwardingHeaders } from './forwarding-headers.js';

/** By what a request is known in every log that it passes. */
export interface RequestIds {
  requestId: string;
  /** W3C trace context. */
  traceparent: string;
  tracestate?: string;
}

/** This proxy, as its backends see it. */
export interface ProxyNames {
  /** In Via (RFC 9110 section 7.6.3). */
  pseudonym: string;
  /** The cookie that it sets itself, which no backend gets. Absent: it sets none. */
  ownCookie?: string;
}

/** The headers of a client's request as a backend gets them. */
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
