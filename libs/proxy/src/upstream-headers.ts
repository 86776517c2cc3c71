import { endToEndRule, filterHeaders, isOwnCredential, type Peer, type RawHeaders } from '@slipstream/http';
import { forwardingHeaders, isForwardingChain } from './forwarding-headers.js';

/** By what a request is known in every log that it passes. */
export interface RequestIds {
  requestId: string;
  /** W3C trace context. */
  traceparent: string;
}

/**
 * What only a trusted peer may say. Identity headers let their sender be anybody (Open WebUI's trusted e-mail sign-in, fed
 * by whatever signs people in before it); forwarding headers, as a client sends them, are made up.
 */
const UNTRUSTED_CLAIMS =
  /^(?:x-openwebui-user-.*|x-forwarded-.*|forwarded|x-real-ip|x-user-(?:email|name|groups|role)|x-auth-request-.*|x-authentik-.*|x-webauth-.*|(?:x-)?remote-(?:user|email|name|groups)|cf-access-.*|tailscale-user-.*|x-goog-authenticated-user-.*|x-ms-client-principal.*|x-amzn-oidc-.*)$/;

/** Answered here (Expect), or said anew. */
const REPLACED: ReadonlySet<string> = new Set(['expect', 'x-request-id', 'traceparent']);

/** Where a request goes and where it ends. */
const ROUTING: ReadonlySet<string> = new Set(['host', 'content-length']);

/** Name of this proxy in Via (RFC 9110 section 7.6.3). */
const VIA_NAME = 'slipstream';

/** The headers of a client's request as a backend gets them. */
export function upstreamHeaders(rawHeaders: RawHeaders, peer: Peer, { requestId, traceparent }: RequestIds): string[] {
  const isEndToEnd = endToEndRule(rawHeaders);
  // Behind CGI, WSGI or PHP a name with underscores is taken for that with dashes (RFC 3875 section 4.1.18).
  const isHarmless = (name: string, value: string): boolean =>
    isEndToEnd(name) && !REPLACED.has(name) && !ROUTING.has(name) && !UNTRUSTED_CLAIMS.test(name) && !isOwnCredential(name, value);
  const claims = new Map<string, string>();
  let host = '';
  const headers = filterHeaders(rawHeaders, (name, value) => {
    if (name === 'host') {
      host = value;
      return true; // whoever names it in Connection does not get rid of it
    }
    if (!isEndToEnd(name) || REPLACED.has(name) || isOwnCredential(name, value)) return false;
    if (!UNTRUSTED_CLAIMS.test(name)) return !name.includes('_') || isHarmless(name.replaceAll('_', '-'), value);
    if (!peer.isTrusted) return false;
    const before = claims.get(name);
    claims.set(name, before === undefined ? value : `${before}, ${value}`);
    return !isForwardingChain(name);
  });
  headers.push('Via', `${peer.httpVersion} ${VIA_NAME}`, 'X-Request-Id', requestId, 'Traceparent', traceparent, ...forwardingHeaders(peer, host, claims));
  return headers;
}
