import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { cannotListen } from '@slipstream/health';
import { newTraceparent, requestIdFrom, runInContext, type HttpMetrics, type Logger } from '@slipstream/telemetry';
import { setContext, type RequestContext } from './request-context.js';
import { routeOf, type Route } from './routes.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse, context: RequestContext) => void;

export interface ListenerOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Who answers each route. */
  handlers: Readonly<Record<Route, RequestHandler>>;
  /** Takes over connections of the web route that ask for another protocol; without it such requests are answered as plain ones. */
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer, context: RequestContext) => void;
  metrics: HttpMetrics;
  logger: Logger;
}

/** An idle connection is kept for longer than the usual balancer in front of us keeps it, so that the balancer closes first. */
const KEEP_ALIVE_MS = 65_000;

/**
 * The public listener. It owns the server: it gives each request an id and a trace, hands it to whoever answers its
 * route, measures it, and at the end lets what runs end.
 */
export class Listener {
  private readonly server: Server;
  private readonly templates = new WeakMap<IncomingMessage, string>();
  private isDraining = false;

  constructor(private readonly options: ListenerOptions) {
    const { upgrade } = options;
    // A protocol that we don't switch to is no reason to refuse: the request is answered as it is (RFC 9110 section 7.8).
    const shouldUpgradeCallback = ({ headers }: IncomingMessage) => upgrade !== undefined && headers.upgrade?.toLowerCase() === 'websocket';
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, shouldUpgradeCallback }, (request, response) => this.answer(request, response));
    if (upgrade) this.server.on('upgrade', (request, socket, head) => this.takeOver(upgrade, request, socket, head));
  }

  /** @returns the URL that it listens at. @throws StartupError when it can't */
  async listen(): Promise<string> {
    const { host, port } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', (error) => reject(cannotListen(error, 'public', host, port, 'PORT')));
      this.server.listen(port, host, resolve);
    });
    const { address, port: taken } = this.server.address() as AddressInfo;
    return `http://${address.includes(':') ? `[${address}]` : address}:${taken}`;
  }

  /** Names the route's template of a request that is being answered, for metrics. */
  label(request: IncomingMessage, template: string): void {
    this.templates.set(request, template);
  }

  /** Takes no new connections; resolves when every request is answered. */
  async drain(): Promise<void> {
    this.isDraining = true;
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Ends every connection at once. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const context = this.begin(request);
    const route = routeOf(context.url);
    if (route !== 'web') response.setHeader('x-request-id', context.requestId); // the web pool's answers come with their own head
    if (this.isDraining) response.shouldKeepAlive = false;
    this.measure(request, response, route);
    response.once('finish', () => discardRest(request));
    runInContext(context, () => this.options.handlers[route](request, response, context));
  }

  private takeOver(upgrade: NonNullable<ListenerOptions['upgrade']>, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const context = this.begin(request);
    if (routeOf(context.url) !== 'web') return void socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    runInContext(context, () => upgrade(request, socket, head, context));
  }

  private begin(request: IncomingMessage): RequestContext {
    const context: RequestContext = {
      requestId: requestIdFrom(request.headers['x-request-id']),
      traceparent: newTraceparent(request.headers.traceparent as string | undefined),
      url: request.url ?? '/',
    };
    setContext(request, context);
    return context;
  }

  private measure(request: IncomingMessage, response: ServerResponse, route: Route): void {
    const startedAt = performance.now();
    const end = this.options.metrics.begin();
    response.once('close', () => {
      end();
      const answered = {
        route: this.templates.get(request) ?? route,
        method: request.method ?? '',
        status: response.statusCode,
        seconds: (performance.now() - startedAt) / 1000,
      };
      this.options.metrics.observe(answered);
      this.options.logger.debug(answered, 'request answered');
      if (this.isDraining) this.server.closeIdleConnections();
    });
  }
}

/** How long a client that was answered early may go on sending. */
const LINGER_MS = 10_000;

/**
 * Reads and forgets what is left of a request that was answered before its end (413, say). Closing instead would reset
 * the connection while the client still sends, and the answer would be lost with it (RFC 9112 section 9.6).
 */
function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer)).resume();
}
