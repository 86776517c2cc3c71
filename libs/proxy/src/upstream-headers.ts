import { endToEndRule, filterHeaders, isOwnCredential, type RawHeaders } from '@slipstream/http';

/** The client's end of the connection that a request came over. */
export interface ClientConnection {
  /** Absent when the client has gone already. */
  remoteAddress?: string;
  isEncrypted: boolean;
}

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

/** Name of this proxy in Via (RFC 9110 section 7.6.3). */
const VIA = '1.1 slipstream';

/** The headers of a client's request as a backend gets them. */
export function upstreamHeaders(rawHeaders: RawHeaders, client: ClientConnection, { requestId, traceparent }: RequestIds): string[] {
  const isEndToEnd = endToEndRule(rawHeaders);
  let host = '';
  const headers = filterHeaders(rawHeaders, (name, value) => {
    if (name === 'host') host = value;
    return isEndToEnd(name) && !REPLACED.has(name) && !UNTRUSTED_CLAIMS.test(name) && !isOwnCredential(name, value);
  });
  headers.push('Via', VIA, 'X-Request-Id', requestId, 'Traceparent', traceparent, ...forwardingHeaders(client, host));
  return headers;
}

function forwardingHeaders({ remoteAddress = 'unknown', isEncrypted }: ClientConnection, host: string): string[] {
  const address = remoteAddress.replace(/^::ffff:/, '');
  const proto = isEncrypted ? 'https' : 'http';
  const forwarded = `for=${node(address)};host=${JSON.stringify(host)};proto=${proto}`;
  return ['X-Forwarded-For', address, 'X-Forwarded-Proto', proto, 'X-Forwarded-Host', host, 'Forwarded', forwarded];
}

/** A node identifier (RFC 7239 section 6): IPv6 addresses are bracketed and quoted. */
const node = (address: string): string => (address.includes(':') ? `"[${address}]"` : address);
