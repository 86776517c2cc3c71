import { endToEndHeaders, filterHeaders, stripOwnCredentials, type RawHeaders } from '@slipstream/http';

/** The client's end of the connection that a request came over. */
export interface ClientConnection {
  /** Absent when the client has gone already. */
  remoteAddress?: string;
  isEncrypted: boolean;
}

/**
 * What only a trusted peer may say. Identity headers let their sender be anybody (Open WebUI's trusted e-mail sign-in);
 * forwarding headers, as a client sends them, are made up.
 */
const UNTRUSTED_CLAIMS = /^(?:x-openwebui-user-.*|x-forwarded-.*|forwarded|x-real-ip|x-user-email|x-forwarded-email|x-auth-request-.*|remote-(?:user|email|name|groups)|cf-access-.*|tailscale-user-.*)$/;

/** Name of this proxy in Via (RFC 9110 section 7.6.3). */
const VIA = '1.1 slipstream';

/** The headers of a client's request as a backend gets them. */
export function upstreamHeaders(rawHeaders: RawHeaders, { remoteAddress = 'unknown', isEncrypted }: ClientConnection): string[] {
  const kept = filterHeaders(stripOwnCredentials(endToEndHeaders(rawHeaders)), (name) => !UNTRUSTED_CLAIMS.test(name) && name !== 'expect');
  const host = valueOf(kept, 'host') ?? '';
  const address = remoteAddress.replace(/^::ffff:/, '');
  const proto = isEncrypted ? 'https' : 'http';
  return [
    ...kept,
    'Via',
    VIA,
    'X-Forwarded-For',
    address,
    'X-Forwarded-Proto',
    proto,
    'X-Forwarded-Host',
    host,
    'Forwarded',
    `for=${node(address)};host=${JSON.stringify(host)};proto=${proto}`,
  ];
}

function valueOf(rawHeaders: RawHeaders, wanted: string): string | undefined {
  const index = rawHeaders.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === wanted);
  return index < 0 ? undefined : rawHeaders[index + 1];
}

/** A node identifier (RFC 7239 section 6): IPv6 addresses are bracketed and quoted. */
const node = (address: string): string => (address.includes(':') ? `"[${address}]"` : address);
