import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { connectionClock, type Timed } from './coarse-clock.js';
import { Connection, type ConnectionOptions, type ConnectionOwner } from './connection.js';
import { Exchange } from './exchange.js';
import { Http1Error } from './http1-error.js';
import type { Http1Handler, Http1Request } from './http1-exchange.port.js';
import { http1Origin, type Http1TlsOptions } from './origin-socket.js';
import { requestHead } from './request-head.js';

export interface Http1PoolOptions {
  /** Longest time for opening a connection, TLS included. Default 10000. */
  connectTimeoutMs?: number;
  /**
   * Longest idle time of a connection, unless the origin announces a shorter one. Default 4000, because Node and
   * uvicorn close after 5 s.
   */
  idleTimeoutMs?: number;
  /**
   * With this many connections, a request that needs another one fails at once (`http1_pool_full`). Default: no limit.
   */
  maxConnections?: number;
  /** Idle connections beyond this number are closed. Default 256. */
  maxIdleConnections?: number;
  /** For an https: origin. */
  tls?: Http1TlsOptions;
  /** Called with the socket of each new connection. It may observe the socket, and end it. */
  onSocket?: (socket: Socket) => void;
}

/** Numbers of connections. A connection that changed its protocol does not count. */
export interface Http1PoolStats {
  connections: number;
  idle: number;
}

/** Margin before the announced end of an idle connection, so that no request meets the close. */
const KEEP_ALIVE_MARGIN_MS = 1000;
/** Buffer for the reads of all plain connections of this process. Each read is processed before the next one. */
const INBOX = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Runs work that outlives its request outside of the request's async context, which would otherwise be kept as long as
 * that work.
 */
const outsideOfRequests = AsyncLocalStorage.snapshot();

/**
 * Keep-alive connections to one origin. The most recently used one is used next, so that the number of connections
 * stays low.
 */
export class Http1Pool implements ConnectionOwner, Timed {
  private readonly host: string;
  private readonly limits: Required<Omit<Http1PoolOptions, 'tls' | 'connectTimeoutMs' | 'onSocket'>>;
  /** For connections that stay HTTP/1.1. */
  private readonly plain: ConnectionOptions;
  /** For connections that may change their protocol. */
  private readonly upgradable: ConnectionOptions;
  private readonly connections = new Set<Connection>();
  /** Ordered by the time at which they became idle. */
  private readonly idle: Connection[] = [];
  private isClosed = false;
  private onEmpty?: () => void;

  /** @throws TypeError unless `origin` is an http: or https: URL */
  constructor(
    origin: URL | string,
    {
      connectTimeoutMs = 10_000,
      idleTimeoutMs = 4000,
      maxConnections = Infinity,
      maxIdleConnections = 256,
      tls = {},
      onSocket,
    }: Http1PoolOptions = {},
  ) {
    const to = http1Origin(origin);
    this.host = to.host;
    this.limits = { idleTimeoutMs, maxConnections, maxIdleConnections };
    this.upgradable = { origin: to, tls, connectTimeoutMs, onSocket };
    this.plain = to.isSecure ? this.upgradable : { ...this.upgradable, inbox: INBOX };
  }

  get stats(): Http1PoolStats {
    return { connections: this.connections.size, idle: this.idle.length };
  }

  /**
   * Sends a request. The handler receives everything else.
   *
   * @throws Http1RequestError if the request can't be sent as it is; the handler is not called then
   */
  dispatch(request: Http1Request, handler: Http1Handler): void {
    const exchange = new Exchange(request, requestHead(request, this.host), handler);
    handler.onStart?.(exchange);
    if (exchange.isOver) return;
    if (this.isClosed) return exchange.fail(poolClosed());
    const connection =
      (request.upgrade ? undefined : this.takeIdle()) ?? this.open(request.upgrade ? this.upgradable : this.plain);
    if (connection) connection.run(exchange);
    else
      exchange.fail(
        new Http1Error(
          'http1_pool_full',
          `All ${this.limits.maxConnections} connections to the origin are in use; try again later, or ` +
            'raise the limit.',
        ),
      );
  }

  /**
   * Accepts no more requests, and resolves at the end of the running ones. Connections that changed their protocol are
   * not affected.
   */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const connection of [...this.idle]) connection.destroy();
    if (this.connections.size === 0) return;
    const before = this.onEmpty;
    await new Promise<void>((resolve) => {
      this.onEmpty = () => {
        before?.();
        resolve();
      };
    });
  }

  /** Breaks off the running requests too. */
  async destroy(): Promise<void> {
    this.isClosed = true;
    for (const connection of [...this.connections]) connection.fail(poolClosed());
  }

  onIdle(connection: Connection): void {
    const idleMs = Math.min(this.limits.idleTimeoutMs, connection.keepAliveSeconds * 1000 - KEEP_ALIVE_MARGIN_MS);
    if (this.isClosed || idleMs <= 0 || this.idle.length >= this.limits.maxIdleConnections) return connection.destroy();
    connection.deadlineMs = connectionClock.nowMs + idleMs;
    this.idle.push(connection);
  }

  onGone(connection: Connection): void {
    this.connections.delete(connection);
    const at = this.idle.lastIndexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
    if (this.connections.size > 0) return;
    connectionClock.delete(this);
    this.onEmpty?.();
  }

  private takeIdle(): Connection | undefined {
    const nowMs = performance.now(); // exact, because the origin may have closed them while the process was stopped
    for (let connection = this.idle.pop(); connection; connection = this.idle.pop()) {
      if (connection.deadlineMs > nowMs) return connection;
      connection.destroy();
    }
    return undefined;
  }

  private open(options: ConnectionOptions): Connection | undefined {
    if (this.connections.size >= this.limits.maxConnections) this.idle[0]?.destroy();
    if (this.connections.size >= this.limits.maxConnections) return undefined;
    return outsideOfRequests(() => {
      const connection = new Connection(this, options);
      this.connections.add(connection);
      connectionClock.add(this);
      return connection;
    });
  }

  onTick(nowMs: number): void {
    for (const connection of this.connections) if (connection.deadlineMs <= nowMs) connection.expire();
  }
}

const poolClosed = (): Http1Error =>
  new Http1Error('http1_pool_closed', 'The pool of connections to the origin is closed; create a new pool.');
