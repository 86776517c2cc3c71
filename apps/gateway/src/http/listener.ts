import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SlipstreamError, statusOf, type Tracer } from '@slipstream/contracts';
import { cannotListen } from '@slipstream/health';
import {
  ALLOWED_METHODS,
  AllowedHosts,
  ConnectionAnswers,
  Peers,
  endWithProblem,
  expectsContinue,
  hasBody,
  isHttp2,
  limitUploadSilence,
  originForm,
  refuseUnparsable,
  requestViolation,
  takeForward,
  type ConnectionCounts,
  sendProblem,
  type RequestContext,
  type TimedResponse,
} from '@slipstream/http';
import { newTraceparent, requestIdFrom, runInContext } from '@slipstream/telemetry';
import { discardRest } from './discard-rest.js';
import { ListenerConnections, type ListenerConnectionsOptions } from './listener-connections.js';
import { ObservedHandshake } from './observed-handshake.js';
import { Pipeline } from './pipeline.js';
import { TLS_CONTEXT, createPublicServer, type PublicServer } from './public-server.js';
import { findContext, setContext } from './request-context.js';
import { RequestObserver, type RequestObserverOptions } from './request-observer.js';
import { beginRequestTrace, traceparentOf, tracestateOf } from './request-span.js';
import { routeOf, type Route } from './routes.js';
import type { TlsPair } from './tls-pair.js';
import { unlistedProxies } from './unlisted-proxies.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse, context: RequestContext) => void;

/** The handler of each route. */
export type Handlers = Readonly<Record<Route, RequestHandler>>;

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

/** Answer to CONNECT. */
const NO_TUNNEL = new SlipstreamError('method_unknown', 'This server is not a tunnel; it does not support CONNECT.');
/** Answer to a handshake on a path without WebSockets. */
const NO_WEBSOCKET = new SlipstreamError('no_websocket');

/**
 * The public listener. It owns the server: it gives each request an id and a trace, passes it to the handler of its
 * route, measures it, and waits for running requests at the end.
 */
export class Listener {
  private readonly server: PublicServer;
  private readonly peers: Peers;
  private hosts?: AllowedHosts;
  private readonly connections: ListenerConnections;
  private readonly observer: RequestObserver;
  private readonly answers = new ConnectionAnswers();
  private readonly pipeline = new Pipeline();
  /** Value of Strict-Transport-Security. */
  private readonly hsts?: string;
  private isDraining = false;

  constructor(private readonly options: ListenerOptions) {
    const { upgrade, tls, hstsMaxAgeSeconds, trustedPeers = [], allowedHosts = [] } = options;
    if (tls && hstsMaxAgeSeconds !== undefined) this.hsts = `max-age=${hstsMaxAgeSeconds}`;
    this.observer = new RequestObserver(options);
    this.peers = new Peers(trustedPeers, unlistedProxies(options.logger));
    this.hosts = this.acceptedHosts(allowedHosts);
    // An unsupported protocol is not a reason to refuse: the request is answered as it is (RFC 9110 section 7.8). The
    // protocol is also not switched before earlier answers are sent, because they would share the connection with it.
    const shouldUpgrade = (request: IncomingMessage) =>
      upgrade !== undefined && isWebSocketHandshake(request) && !this.answers.underWay(request.socket);
    this.server = createPublicServer({
      tls,
      shouldUpgrade,
      onRequest: (request, response) => this.receive(request, response),
    });
    this.server.on('clientError', (error: Error, socket: Duplex) => this.refuseUnparsed(error, socket as Socket));
    this.server.on('connect', (request: IncomingMessage, client: Duplex | ServerResponse) =>
      this.refuseTunnel(request, client),
    );
    if (upgrade)
      this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        this.takeOver(upgrade, request, socket, head),
      );
    this.connections = new ListenerConnections(this.server, this.peers, options);
  }

  /** @returns its URL @throws StartupError if it can't listen */
  async listen(): Promise<string> {
    const { name = 'public', portSetting = 'PORT', host, port, sharesPort: reusePort = false, tls } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) => reject(cannotListen(error, name, host, port, portSetting)));
      this.server.listen({ port, host, reusePort }, resolve);
    });
    const { address, port: taken } = this.server.address() as AddressInfo;
    return `${tls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${taken}`;
  }

  /**
   * New connections use this certificate; open ones continue.
   * @throws Error if it is invalid
   */
  useCertificate(pair: TlsPair): void {
    if ('setSecureContext' in this.server) this.server.setSecureContext({ ...TLS_CONTEXT, ...pair });
  }

  /** Replaces the limits of new requests and connections. */
  setLimits({ allowedHosts = [], ...connections }: ListenerLimits): void {
    this.hosts = this.acceptedHosts(allowedHosts);
    this.connections.setLimits(connections);
  }

  /** Sets the route template of a running request, for metrics. */
  label(request: IncomingMessage, template: string): void {
    this.observer.label(request, template);
  }

  /**
   * For a second, ends each connection with its next answer. Then accepts no new connections, sends GOAWAY to HTTP/2
   * clients, ends idle connections, and resolves when every request is answered.
   */
  async drain(): Promise<void> {
    this.isDraining = true;
    await this.connections.linger();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.connections.drain();
    await closed;
  }

  /** Ends every connection at once. */
  close(): void {
    this.server.close();
    this.connections.destroy();
  }

  connectionCounts(): ConnectionCounts {
    return this.connections.counts();
  }

  /** @returns undefined if any host name is accepted */
  private acceptedHosts(names: readonly string[]): AllowedHosts | undefined {
    return names.length > 0 ? new AllowedHosts({ names, isPrivate: this.options.acceptsPrivateHosts }) : undefined;
  }

  private receive(request: IncomingMessage, response: ServerResponse): void {
    if (this.answers.isEnding(request.socket)) return; // it arrived directly behind the last one
    if (!isHttp2(request)) this.answers.began(request, response);
    // Node drops the data that it has read behind such a request, and would parse the rest as the next one.
    if (!isHttp2(request) && request.headers.upgrade !== undefined) this.answers.endWith(response, request.socket);
    if (response.socket !== null) this.serve(request, response);
    else this.pipeline.wait(response, () => this.serve(request, response));
  }

  /** An error that a handler throws synchronously ends its request, and, over HTTP/1.1, the connection. */
  private serve(request: IncomingMessage, response: ServerResponse): void {
    try {
      this.answer(request, response);
    } catch (error) {
      this.options.logger.error(
        { err: error },
        'a request failed unexpectedly and was answered with 500; report the error with this line',
      );
      this.options.onUncaughtError?.();
      if (!isHttp2(request)) this.answers.endWith(response, request.socket);
      sendProblem(response, error, findContext(request)?.requestId ?? '');
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const context = this.begin(request);
    const route = routeOf(context.url);
    // Answers of the web pool have their own field.
    if (route !== 'web') response.setHeader('x-request-id', context.requestId);
    if (this.isDraining) response.shouldKeepAlive = false;
    this.measure(request, response, context, route);
    if (hasBody(request)) {
      limitUploadSilence(request);
      response.once('finish', () => discardRest(request));
    }
    const violation = requestViolation(request) ?? this.hosts?.violation(request);
    if (violation) return this.refuse(request, response, violation, context);
    if (this.hsts !== undefined) response.setHeader('strict-transport-security', this.hsts);
    if (!takeForward(request))
      return void response.writeHead(204, { allow: ALLOWED_METHODS, 'x-request-id': context.requestId }).end();
    request.url = context.url;
    if (expectsContinue(request)) response.writeContinue();
    const handle = this.options.handlers[route];
    if (!context.span) return handle(request, response, context);
    runInContext(context, () => handle(request, response, context)); // the parent of its calls to the stores
  }

  private takeOver(
    upgrade: NonNullable<ListenerOptions['upgrade']>,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    socket.on('error', () => {}); // close follows; the server has released it
    if (this.answers.isEnding(socket)) return;
    const context = this.begin(request);
    const handshake = new ObservedHandshake(this.observer.begin(request, context, 'web'), socket as Socket);
    const use = this.connections.beginRequest(); // WebSockets do not end it: the proxy drains those
    const violation =
      requestViolation(request) ??
      this.hosts?.violation(request) ??
      (routeOf(context.url) === 'web' ? undefined : NO_WEBSOCKET);
    if (violation) {
      handshake.answered(statusOf(violation.code));
      endWithProblem(socket, violation);
      return this.connections.endRequest(use);
    }
    request.url = context.url;
    context.onHandshakeAnswered = (status) => {
      handshake.answered(status);
      if (status !== 101) this.connections.endRequest(use);
    };
    try {
      upgrade(request, socket, head, context);
    } catch (error) {
      this.options.logger.error(
        { err: error },
        'a WebSocket handshake failed unexpectedly and its connection was closed; report the error with this line',
      );
      this.options.onUncaughtError?.();
      handshake.answered(500);
      socket.destroy();
    }
  }

  /** The connection ends with the answer: the data behind such a request is not trustworthy. */
  private refuse(
    request: IncomingMessage,
    response: ServerResponse,
    violation: SlipstreamError,
    { requestId }: RequestContext,
  ): void {
    if (!isHttp2(request)) this.answers.endWith(response, request.socket);
    sendProblem(response, violation, requestId);
  }

  /**
   * CONNECT: the gateway is not a tunnel (RFC 9110 section 9.3.6).
   * @param client the response of its stream in HTTP/2, else its socket
   */
  private refuseTunnel(request: IncomingMessage, client: Duplex | ServerResponse): void {
    const context = this.begin(request);
    const observed = this.observer.begin(request, context, 'web');
    const status = statusOf(NO_TUNNEL.code);
    observed.answered(status);
    observed.log(status, 'complete');
    if ('writeHead' in client) sendProblem(client, NO_TUNNEL, context.requestId);
    else if (this.answers.isEnding(client) || this.answers.underWay(client))
      client.destroy(); // this would count as that answer
    else endWithProblem(client, NO_TUNNEL);
  }

  /** Requests that Node could not parse, or that arrived too slowly. */
  private refuseUnparsed(error: Error, socket: Socket): void {
    const status = refuseUnparsable(error, socket, this.answers);
    if (status !== undefined) this.observer.refused(socket, status);
  }

  private begin(request: IncomingMessage): RequestContext {
    const { headers } = request;
    const { tracer } = this.options;
    const peer = this.peers.of(request);
    const trace = tracer && beginRequestTrace(tracer, request, peer);
    const context: RequestContext = {
      requestId: requestIdFrom(headers['x-request-id']),
      traceparent: trace?.traceparent ?? newTraceparent(traceparentOf(headers)),
      tracestate: tracestateOf(headers, peer),
      span: trace?.span,
      url: originForm(request.url ?? '/'),
      peer,
      clientAddress: this.peers.clientAddress(request),
      timeline: this.observer.timeline(),
    };
    setContext(request, context);
    return context;
  }

  private measure(request: IncomingMessage, response: ServerResponse, context: RequestContext, route: Route): void {
    const observed = this.observer.begin(request, context, route);
    if (context.timeline) (response as TimedResponse).timeline = context.timeline;
    const use = this.connections.beginRequest();
    response.once('close', () => {
      observed.closed(response);
      if (request.complete || isHttp2(request)) this.connections.endRequest(use);
      // the client still sends, and would lose the answer with the connection
      else request.once('close', () => this.connections.endRequest(use));
    });
  }
}

/** RFC 6455 section 4.1; Node checks Connection. */
const isWebSocketHandshake = ({ method, httpVersion, headers }: IncomingMessage): boolean =>
  method === 'GET' && httpVersion === '1.1' && headers.upgrade?.toLowerCase() === 'websocket';
