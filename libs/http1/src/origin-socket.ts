import { connect as connectTcp, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { outsideConnections } from '@slipstream/http';
import { nameResolver } from '@slipstream/http';

/** Target of a pool's connections. */
export interface Http1Origin {
  isSecure: boolean;
  /** Name or address, without brackets. */
  hostname: string;
  port: number;
  /** Value of Host, unless a request has one. */
  host: string;
}

/** Options that differ from Node's defaults for TLS: `servername`, `ca`, `cert`, `key`, … Certificates are verified. */
export type Http1TlsOptions = Pick<
  ConnectionOptions,
  'servername' | 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'secureContext' | 'minVersion'
>;

/**
 * Detects within about a minute that the other end of a silent connection is gone, such as one with a quiet event
 * stream.
 */
const PROBE_AFTER_MS = 60_000;

/** @throws TypeError unless it is an http: or https: URL */
export function http1Origin(origin: URL | string): Http1Origin {
  const { protocol, hostname, port, host } = new URL(origin);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new TypeError(`An origin is an http: or https: URL, not ${protocol}; pass the URL of the server.`);
  const isSecure = protocol === 'https:';
  return { isSecure, hostname: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (isSecure ? 443 : 80), host };
}

/**
 * @param onread reads into one buffer instead of allocating one for each piece; a socket with it emits no `data` events
 */
export function openSocket(
  { isSecure, hostname, port }: Http1Origin,
  tls: Http1TlsOptions,
  onread?: OnReadOpts,
): Socket {
  const to = {
    host: hostname,
    port,
    lookup: nameResolver.lookup,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
  };
  if (!isSecure) return outsideConnections(() => connectTcp({ ...to, onread }));
  const servername = isIP(hostname) ? '' : hostname; // an address is no server name (RFC 6066 section 3)
  return outsideConnections(() => connectTls({ ...to, servername, ALPNProtocols: ['http/1.1'], ...tls }));
}
