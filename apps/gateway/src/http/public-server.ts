import type { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import {
  HTTP1_LIMITS,
  Http1LikeRequest,
  Http1LikeResponse,
  KEEP_ALIVE_MS,
  MAX_HEAD_FIELDS,
  asHttp1,
} from '@slipstream/http';
import type { TlsPair } from './tls-pair.js';

/** A server of the public listener. */
export type PublicServer = Server | Http2SecureServer;

export interface PublicServerOptions {
  /** Makes it HTTPS, with HTTP/2 by ALPN. */
  tls?: TlsPair;
  onRequest: (request: IncomingMessage, response: ServerResponse) => void;
  /** Whether a request that asks for another protocol goes to the `upgrade` event; else it is answered as it is. */
  shouldUpgrade: (request: IncomingMessage) => boolean;
}

/** A request without Host is the listener's to refuse: Node would serve what stands behind it. */
const HTTP1_RULES = { requireHostHeader: false };

/**
 * The same for HTTP/2. A client that opens and resets streams faster than 33/s, after a burst of 1000, is cut off
 * (CVE-2023-44487); endless CONTINUATION frames end at nghttp2's own bound (CVE-2024-27983). The bounds on a header
 * list are above all that a client can spell out in those frames, so that what is too large is answered with 431 (see
 * head-size.ts). What a client may send unread is bound by the windows: 256 KiB a stream, 1 MiB a connection.
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
  // MB; a session that holds more takes no new streams, so it must be more than an honest client can make it hold: per
  // stream the window of a response (64 KiB) and a piece of its backend's (64 KiB), 16 MiB together.
  maxSessionMemory: 32,
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
  if (!tls)
    return receiveAll(
      createServer({ ...HTTP1_LIMITS, ...HTTP1_RULES, shouldUpgradeCallback: shouldUpgrade }),
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
    strictSingleValueFields: false, // what an application repeats is passed on, as over HTTP/1.1
    Http2ServerRequest: Http1LikeRequest,
    Http2ServerResponse: Http1LikeResponse,
  });
  server.on('session', (session: ServerHttp2Session) => begin(session));
  const all = receiveAll(server, (request: Http1LikeRequest, response: Http1LikeResponse) =>
    onRequest(...asHttp1(request, response)),
  );
  // Node's option of this name is for its other servers only.
  return Object.assign(all as Http2SecureServer, { shouldUpgradeCallback: shouldUpgrade });
}

/**
 * Events that a request comes with. Without a listener of its own, Node answers one with Expect by itself, unseen by
 * everything here.
 */
const REQUEST_EVENTS = ['request', 'checkContinue', 'checkExpectation'];

function receiveAll<Made extends EventEmitter, Request, Response>(
  server: Made,
  onRequest: (request: Request, response: Response) => void,
): Made {
  for (const event of REQUEST_EVENTS) server.on(event, onRequest);
  // One more than is served: Node drops further ones, and only what is refused may lack a field.
  return Object.assign(server, { maxHeadersCount: MAX_HEAD_FIELDS + 1 });
}

/** A session that nothing happens on is told to end (GOAWAY); streams that are only silent go on to their end. */
function begin(session: ServerHttp2Session): void {
  session.setLocalWindowSize(SESSION_WINDOW_BYTES);
  session.setTimeout(KEEP_ALIVE_MS, () => session.close());
}
