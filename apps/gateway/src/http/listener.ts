import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SlipstreamError, statusOf } from '@slipstream/contracts';
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
  requestFault,
  takeForward,
  type ConnectionCounts,
  sendProblem,
  type RequestContext,
} from '@slipstream/http';
import { newTraceparent, requestIdFrom, runInContext, type HttpMetrics } from '@slipstream/telemetry';
import { discardRest } from './discard-rest.js';
import { ListenerConnections, type ListenerConnectionsOptions } from './listener-connections.js';
import { Pipeline } from './pipeline.js';
import { TLS_CONTEXT, createPublicServer, type PublicServer } from './public-server.js';
import { findContext, setContext } from './request-context.js';
import { routeOf, type Route } from './routes.js';
import type { TlsPair } from './tls-pair.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse, context: RequestContext) => void;

export interface ListenerOptions extends ListenerConnectionsOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /**
   * Other processes of this gateway listen at the same port, and the kernel spreads new connections over them. Default:
   * false.
   */
  sharesPort?: boolean;
  /** Makes it HTTPS. Default: HTTP. */
  tls?: TlsPair;
  /**
   * Proxies whose word is taken for where a request came from: addresses, CIDR blocks, or `loopback`. Default: none.
   */
  trustedPeers?: readonly string[];
  /** Names that requests may be for. Default: any. */
  allowedHosts?: readonly string[];
  /** Who answers each route. */
  handlers: Readonly<Record<Route, RequestHandler>>;
  /**
   * Takes over connections of the web route that ask for another protocol; without it such requests are answered as
   * plain ones.
   */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer, context: RequestContext) => void;
  metrics: HttpMetrics;
  /** Told of each error that a handler threw. */
  onFault?: () => void;
}

/** Limits that can be replaced. */
export type ListenerLimits = Pick<ListenerOptions, 'allowedHosts' | 'maxConnections' | 'maxConnectionsPerAddress'>;

/** What is counted for a client that left before it was answered (nginx's number for it). */
const CLIENT_LEFT = 499;
/** What CONNECT is answered with. */
const NO_TUNNEL = new SlipstreamError('method_unknown', 'This server is not a tunnel; it does not support CONNECT.');
/** What a handshake is answered with where no WebSocket is served. */
const NO_WEBSOCKET = new SlipstreamError('no_websocket');

/**
 * The public listener. It owns the server: it gives each request an id and a trace, hands it to whoever answers its
 * route, measures it, and at the end lets what runs end.
 */
export class Listener {
  private readonly server: PublicServer;
  private readonly peers: Peers;
  private hosts?: AllowedHosts;
  private readonly connections: ListenerConnections;
  private readonly templates = new WeakMap<IncomingMessage, string>();
  private readonly answers = new ConnectionAnswers();
  private readonly pipeline = new Pipeline();
  private isDraining = false;

  constructor(private readonly options: ListenerOptions) {
    const { upgrade, tls, trustedPeers = [], allowedHosts = [] } = options;
    this.peers = new Peers(trustedPeers);
    this.hosts = allowedHostsOf(allowedHosts);
    // A protocol that we don't switch to is no reason to refuse: the request is answered as it is (RFC 9110 section
    // 7.8). Nor do we before the answers to what came before: they would share the connection with it.
    const shouldUpgrade = (request: IncomingMessage) =>
      upgrade !== undefined && isWebSocketHandshake(request) && !this.answers.underWay(request.socket);
    this.server = createPublicServer({
      tls,
      shouldUpgrade,
      onRequest: (request, response) => this.receive(request, response),
    });
    this.server.on('clientError', (error: Error, socket: Duplex) => this.refuse(error, socket as Socket));
    this.server.on('connect', (request: IncomingMessage, client: Duplex | ServerResponse) =>
      this.refuseTunnel(request, client),
    );
    if (upgrade)
      this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        this.takeOver(upgrade, request, socket, head),
      );
    this.connections = new ListenerConnections(this.server, this.peers, options);
  }

  /** @returns the URL that it listens at. @throws StartupError when it can't */
  async listen(): Promise<string> {
    const { host, port, sharesPort: reusePort = false, tls } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) => reject(cannotListen(error, 'public', host, port, 'PORT')));
      this.server.listen({ port, host, reusePort }, resolve);
    });
    const { address, port: taken } = this.server.address() as AddressInfo;
    return `${tls ? 'https' : 'http'}://${address.includes(':') ? `[${address}]` : address}:${taken}`;
  }

  /**
   * New connections are made with this certificate; the others go on as they are.
   * @throws Error when it can't be used
   */
  useCertificate(pair: TlsPair): void {
    if ('setSecureContext' in this.server) this.server.setSecureContext({ ...TLS_CONTEXT, ...pair });
  }

  /** Replaces limits for the requests and connections that begin from now on. */
  setLimits({ allowedHosts = [], ...connections }: ListenerLimits): void {
    this.hosts = allowedHostsOf(allowedHosts);
    this.connections.setLimits(connections);
  }

  /** Names the route's template of a request that is being answered, for metrics. */
  label(request: IncomingMessage, template: string): void {
    this.templates.set(request, template);
  }

  /**
   * Takes no new connections, tells clients of HTTP/2 to go (GOAWAY), ends connections on which no request is under
   * way; resolves when every request is answered.
   */
  async drain(): Promise<void> {
    this.isDraining = true;
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

  private receive(request: IncomingMessage, response: ServerResponse): void {
    if (this.answers.isEnding(request.socket)) return; // it came right behind the last one
    if (!isHttp2(request)) this.answers.began(request, response);
    // Node drops what it has read behind such a request, and would take the rest of that for the next one.
    if (!isHttp2(request) && request.headers.upgrade !== undefined) this.answers.endWith(response, request.socket);
    this.pipeline.enter(response, () => this.contain(request, response, () => this.answer(request, response)));
  }

  /** What a handler throws before it waits for anything ends its request, and, over HTTP/1.1, the connection. */
  private contain(request: IncomingMessage, response: ServerResponse, answer: () => void): void {
    try {
      answer();
    } catch (error) {
      this.options.logger.error(
        { err: error },
        'a request failed unexpectedly and was answered with 500; report the error with this line',
      );
      this.options.onFault?.();
      if (!isHttp2(request)) this.answers.endWith(response, request.socket);
      sendProblem(response, error, findContext(request)?.requestId ?? '');
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const context = this.begin(request);
    const route = routeOf(context.url);
    if (route !== 'web') response.setHeader('x-request-id', context.requestId); // the web pool's answers come with their own head
    if (this.isDraining) response.shouldKeepAlive = false;
    this.measure(request, response, context, route);
    if (hasBody(request)) {
      limitUploadSilence(request);
      response.once('finish', () => discardRest(request));
    }
    const fault = requestFault(request) ?? this.hosts?.fault(request);
    if (fault) return this.refuseFaulty(request, response, fault, context);
    if (!takeForward(request))
      return void response.writeHead(204, { allow: ALLOWED_METHODS, 'x-request-id': context.requestId }).end();
    request.url = context.url;
    if (expectsContinue(request)) response.writeContinue();
    this.options.handlers[route](request, response, context);
  }

  private takeOver(
    upgrade: NonNullable<ListenerOptions['upgrade']>,
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    socket.on('error', () => {}); // close follows; the server has let go of it
    if (this.answers.isEnding(socket)) return;
    const context = this.begin(request);
    const observe = this.observer(request, context, 'web');
    const end = this.connections.beginRequest(); // a WebSocket never ends it: the proxy drains those
    const fault =
      requestFault(request) ??
      this.hosts?.fault(request) ??
      (routeOf(context.url) === 'web' ? undefined : NO_WEBSOCKET);
    if (fault) {
      observe(statusOf(fault.code));
      endWithProblem(socket, fault);
      return end();
    }
    request.url = context.url;
    context.onHandshakeAnswered = (status) => {
      observe(status);
      if (status !== 101) end();
    };
    try {
      upgrade(request, socket, head, context);
    } catch (error) {
      this.options.logger.error(
        { err: error },
        'a WebSocket handshake failed unexpectedly and its connection was closed; report the error with this line',
      );
      this.options.onFault?.();
      socket.destroy();
      observe(500);
    }
  }

  /** The connection ends with the answer: what stands behind such a request may be anybody's. */
  private refuseFaulty(
    request: IncomingMessage,
    response: ServerResponse,
    fault: SlipstreamError,
    { requestId }: RequestContext,
  ): void {
    if (!isHttp2(request)) this.answers.endWith(response, request.socket);
    sendProblem(response, fault, requestId);
  }

  /**
   * CONNECT: nobody's way anywhere leads through us (RFC 9110 section 9.3.6).
   * @param client its stream's response in HTTP/2, else its socket
   */
  private refuseTunnel(request: IncomingMessage, client: Duplex | ServerResponse): void {
    const context = this.begin(request);
    this.observer(request, context, 'web')(statusOf(NO_TUNNEL.code));
    if ('writeHead' in client) sendProblem(client, NO_TUNNEL, context.requestId);
    else if (this.answers.isEnding(client) || this.answers.underWay(client))
      client.destroy(); // this would be taken for that answer
    else endWithProblem(client, NO_TUNNEL);
  }

  /** What Node could not parse, or had to wait for too long. */
  private refuse(error: Error, socket: Socket): void {
    const status = refuseUnparsable(error, socket, this.answers);
    if (status !== undefined) this.options.metrics.observe({ route: 'unparsable', method: '', status, seconds: 0 });
  }

  private begin(request: IncomingMessage): RequestContext {
    const context: RequestContext = {
      requestId: requestIdFrom(request.headers['x-request-id']),
      traceparent: newTraceparent(request.headers.traceparent as string | undefined),
      url: originForm(request.url ?? '/'),
      peer: this.peers.of(request),
      clientAddress: this.peers.clientAddress(request),
    };
    setContext(request, context);
    return context;
  }

  private measure(request: IncomingMessage, response: ServerResponse, context: RequestContext, route: Route): void {
    const observe = this.observer(request, context, route);
    const end = this.connections.beginRequest();
    response.once('close', () => {
      observe(response.headersSent ? response.statusCode : CLIENT_LEFT);
      if (request.complete || isHttp2(request)) end();
      else request.once('close', end); // the client still sends, and would lose the answer with the connection
    });
  }

  private observer(request: IncomingMessage, context: RequestContext, route: Route): (status: number) => void {
    const startedAt = performance.now();
    const end = this.options.metrics.begin();
    let isOver = false;
    return (status) => {
      if (isOver) return;
      isOver = true;
      end();
      const answered = {
        route: this.templates.get(request) ?? route,
        method: request.method ?? '',
        status,
        seconds: (performance.now() - startedAt) / 1000,
      };
      this.options.metrics.observe(answered);
      const { logger } = this.options;
      if (!logger.isLevelEnabled('debug')) return; // entering a context costs 3 % of a proxied request
      // it may end in the context of another
      runInContext(context, () => logger.debug(answered, 'request answered'));
    };
  }
}

/** @returns undefined where any name is served */
const allowedHostsOf = (names: readonly string[]): AllowedHosts | undefined =>
  names.length > 0 ? new AllowedHosts({ names }) : undefined;

/** RFC 6455 section 4.1; Node has seen to Connection. */
const isWebSocketHandshake = ({ method, httpVersion, headers }: IncomingMessage): boolean =>
  method === 'GET' && httpVersion === '1.1' && headers.upgrade?.toLowerCase() === 'websocket';
