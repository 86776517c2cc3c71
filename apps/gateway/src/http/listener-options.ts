import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Tracer } from '@slipstream/contracts';
import type { RequestContext } from '@slipstream/http';
import type { ListenerConnectionsOptions } from './listener-connections.js';
import type { RequestObserverOptions } from './request-observer.js';
import type { Route } from './routes.js';
import type { TlsPair } from './tls-pair.js';

/** Handles the requests of one route. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse, context: RequestContext) => void;

/** The handler of each route. */
export type Handlers = Readonly<Record<Route, RequestHandler>>;

/** Options of a listener. */
export interface ListenerOptions extends ListenerConnectionsOptions, RequestObserverOptions {
  /** Name in errors. Default: public. */
  name?: string;
  /** Setting of the port, in errors. Default: PORT. */
  portSetting?: string;
  host: string;
  /** 0: any free port. */
  port: number;
  /**
   * Other processes of this gateway listen at the same port, and the kernel distributes new connections. Default:
   * false.
   */
  sharesPort?: boolean;
  /** Serves HTTPS. Default: HTTP. */
  tls?: TlsPair;
  /**
   * max-age of Strict-Transport-Security (RFC 6797) in answers over TLS to accepted requests. The header of a handler
   * replaces it. Default: no header.
   */
  hstsMaxAgeSeconds?: number;
  /** Trusted proxies: addresses, CIDR blocks, or `loopback`. Default: none. */
  trustedPeers?: readonly string[];
  /** Accepted host names. Default: any. */
  allowedHosts?: readonly string[];
  /** Also accepts addresses and names of private networks. Default: false. */
  acceptsPrivateHosts?: boolean;
  /** Records requests. Default: none are recorded. */
  tracer?: Tracer;
  handlers: Handlers;
  /**
   * Takes over connections of the web route that request another protocol. Without it, such requests are answered as
   * plain ones.
   */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer, context: RequestContext) => void;
  /** Called for each error that a handler threw. */
  onUncaughtError?: () => void;
}

/** Limits that can be replaced. */
export type ListenerLimits = Pick<ListenerOptions, 'allowedHosts' | 'maxConnections' | 'maxConnectionsPerAddress'>;
