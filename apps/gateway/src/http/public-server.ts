import type { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import {
  HTTP1_LIMITS,
  Http1LikeRequest,
  Http1LikeResponse,
  KEEP_ALIVE_MS,
  MAX_HEAD_FIELDS,
  MeasuredResponse,
  asHttp1,
  keepStreamsShortLived,
} from '@slipstream/http';
import type { TlsPair } from './tls-pair.js';

/** A server of the public listener. */
export type PublicServer = Server | Http2SecureServer;

export interface PublicServerOptions {
  /** Serves HTTPS, with HTTP/2 by ALPN. */
  tls?: TlsPair;
  onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whether a request for another protocol goes to the `upgrade` event; otherwise it is answered as it is. */
  shouldUpgrade: (request: IncomingMessage) => boolean;
}

/**
 * The listener refuses requests without Host; Node would serve the data behind them. A request without a body is a
 * stream that has ended: without this option, its end costs 8 % of a proxied request.
 */
const HTTP1_RULES = { requireHostHeader: false, optimizeEmptyRequests: true };

/**
 * The same for HTTP/2. A client that opens and resets streams faster than 33/s, after a burst of 1000, is disconnected
 * (CVE-2023-44487). nghttp2 itself limits CONTINUATION frames (CVE-2024-27983). The limits of a header list exceed the
 * largest list that fits these frames, so that larger ones get 431 (see head-size.ts). The windows limit unread data:
 * 256 KiB per stream, 1 MiB per connection.
 */
const HTTP2_LIMITS = {
  settings: {
    maxConcurrentStreams: 128,
    maxHeaderListSize: 192 * 1024,
    initialWindowSize: 256 * 1024,
    enablePush: false,
  },
  maxHeaderListPairs: 2 * MAX_HEAD_FIELDS,
  streamResetBurst: 1000,
  streamResetRate: 33,
  // MB. A session above it accepts no new streams, so it must exceed the use of an honest client: per stream the window
  // of a response (64 KiB) and a piece of the backend's answer (64 KiB), 16 MiB together.
  maxSessionMemory: 32,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  maxSettings: 16,
  maxOutstandingPings: 4,
  unknownProtocolTimeout: 1_000,
};
const SESSION_WINDOW_BYTES = 1024 * 1024;

const TLS_LIMITS = { handshakeTimeout: 10_000 };
/** Options for every certificate. */
export const TLS_CONTEXT = { minVersion: 'TLSv1.2' } as const;

/**
 * Returns a server that does not listen yet: HTTP/1.1, or, with a certificate, HTTPS with HTTP/2 and HTTP/1.1 on one
 * port.
 */
export function createPublicServer({ tls, onRequest, shouldUpgrade }: PublicServerOptions): PublicServer {
  if (!tls)
    return receiveAll(
      createServer({
        ...HTTP1_LIMITS,
        ...HTTP1_RULES,
        ServerResponse: MeasuredResponse,
        shouldUpgradeCallback: shouldUpgrade,
      }),
      onRequest,
    );
  const server = createSecureServer({
    ...HTTP1_LIMITS,
    ...HTTP1_RULES,
    ...HTTP2_LIMITS,
    ...TLS_LIMITS,
    ...TLS_CONTEXT,
    ...tls,
    allowHTTP1: true,
    strictSingleValueFields: false, // repeated fields of an application are forwarded, as over HTTP/1.1
    Http1ServerResponse: MeasuredResponse,
    Http2ServerRequest: Http1LikeRequest,
    Http2ServerResponse: Http1LikeResponse,
  });
  server.on('session', (session: ServerHttp2Session) => begin(session));
  const all = receiveAll(server, (request: Http1LikeRequest, response: Http1LikeResponse) =>
    onRequest(...asHttp1(request, response)),
  );
  // Node's option of this name applies only to its other servers.
  return Object.assign(all as Http2SecureServer, { shouldUpgradeCallback: shouldUpgrade });
}

/** Events of an arriving request. Without a listener, Node itself answers one with Expect. */
const REQUEST_EVENTS = ['request', 'checkContinue', 'checkExpectation'];

function receiveAll<Made extends EventEmitter, Request, Response>(
  server: Made,
  onRequest: (request: Request, response: Response) => void,
): Made {
  for (const event of REQUEST_EVENTS) server.on(event, onRequest);
  // One more than allowed: Node drops further ones, and only refused requests may lack a field.
  return Object.assign(server, { maxHeadersCount: MAX_HEAD_FIELDS + 1 });
}

/** An idle session gets GOAWAY; silent streams continue to their end. */
function begin(session: ServerHttp2Session): void {
  keepStreamsShortLived(session);
  session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  session.setTimeout(KEEP_ALIVE_MS, () => session.close());
}
