import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import { Http1LikeRequest, Http1LikeResponse, asHttp1 } from '@slipstream/http';
import type { TlsPair } from './tls-pair.js';

/** A server of the public listener. Both have `closeIdleConnections`, which Node's types know of one only. */
export type PublicServer = (Server | Http2SecureServer) & Pick<Server, 'closeIdleConnections'>;

export interface PublicServerOptions {
  /** Makes it HTTPS, with HTTP/2 by ALPN. */
  tls?: TlsPair;
  onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whether a request that asks for another protocol goes to the `upgrade` event; else it is answered as it is. */
  shouldUpgrade: (request: IncomingMessage) => boolean;
}

/** An idle connection is kept for longer than the usual balancer in front of us keeps it, so that the balancer closes first. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Bounds on what a client may make us wait for or keep. An upload may take as long as it needs, so there is no limit on a
 * whole request: its head has one, and its body must not fall silent (see upload-silence.ts).
 */
const HTTP1_LIMITS = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: 30_000, requestTimeout: 0, connectionsCheckingInterval: 5_000, maxHeaderSize: 32 * 1024, noDelay: true };

/** A request without Host is the listener's to refuse: Node would serve what stands behind it. */
const HTTP1_RULES = { requireHostHeader: false };

/**
 * The same for HTTP/2. A client that opens and resets streams faster than 33/s, after a burst of 1000, is cut off
 * (CVE-2023-44487); endless CONTINUATION frames end at nghttp2's own bound and at the header list's (CVE-2024-27983).
 * What a client may send unread is bound by the windows: 256 KiB a stream, 1 MiB a connection.
 */
const HTTP2_LIMITS = {
  settings: { maxConcurrentStreams: 128, maxHeaderListSize: 32 * 1024, initialWindowSize: 256 * 1024, enablePush: false },
  streamResetBurst: 1000,
  streamResetRate: 33,
  maxSessionMemory: 10, // MB; a session that holds more takes no new streams
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  maxSettings: 16,
  maxOutstandingPings: 4,
  unknownProtocolTimeout: 1_000,
};
const SESSION_WINDOW_BYTES = 1024 * 1024;

const TLS_LIMITS = { handshakeTimeout: 10_000 };
/** What every certificate is used with. */
export const TLS_CONTEXT = { minVersion: 'TLSv1.2' } as const;

/** A server that does not listen yet: HTTP/1.1, or, with a certificate, HTTPS with HTTP/2 and HTTP/1.1 on one port. */
export function createPublicServer({ tls, onRequest, shouldUpgrade }: PublicServerOptions): PublicServer {
  if (!tls) return createServer({ ...HTTP1_LIMITS, ...HTTP1_RULES, shouldUpgradeCallback: shouldUpgrade }, onRequest);
  const server = createSecureServer(
    {
      ...HTTP1_LIMITS,
      ...HTTP1_RULES,
      ...HTTP2_LIMITS,
      ...TLS_LIMITS,
      ...TLS_CONTEXT,
      ...tls,
      allowHTTP1: true,
      strictSingleValueFields: false, // what an application repeats is passed on, as over HTTP/1.1
      Http2ServerRequest: Http1LikeRequest,
      Http2ServerResponse: Http1LikeResponse,
    },
    (request: Http1LikeRequest, response: Http1LikeResponse) => onRequest(...asHttp1(request, response)),
  );
  server.on('session', (session: ServerHttp2Session) => begin(session));
  // Node's option of this name is for its other servers only.
  return Object.assign(server as Http2SecureServer & Pick<Server, 'closeIdleConnections'>, { shouldUpgradeCallback: shouldUpgrade });
}

/** A session that nothing happens on is told to end (GOAWAY); streams that are only silent go on to their end. */
function begin(session: ServerHttp2Session): void {
  session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  session.setTimeout(KEEP_ALIVE_MS, () => session.close());
}
