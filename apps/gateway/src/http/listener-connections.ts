import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Server as TlsServer, type TLSSocket } from 'node:tls';
import { openFileLimit } from '@slipstream/health';
import {
  ConnectionLimit,
  connectionInScope,
  limitWriteIdle,
  scopeConnections,
  type ConnectionCounts,
  type Peers,
} from '@slipstream/http';
import { connectionLimitsOf, type ConnectionSettings } from './connection-limits.js';
import type { ListenerLogger } from './gateway-logger.js';
import type { PublicServer } from './public-server.js';

export interface ListenerConnectionsOptions extends ConnectionSettings {
  /** Time after which a client that accepts no data is disconnected. Default 60000. */
  writeIdleTimeoutMs?: number;
  /** The same for event streams and WebSockets. Default 300000. */
  streamWriteIdleTimeoutMs?: number;
  logger: ListenerLogger;
}

/** Time for the next request of a client that has not seen the end yet. */
const LINGER_MS = 1_000;
const LINGER_STEP_MS = 50;

/** Current use of a connection. */
export interface ConnectionUse {
  readonly socket: Socket;
  /** Running requests, and WebSockets. */
  requests: number;
  /** The running answer of HTTP/1. */
  answer?: ServerResponse;
  /** The socket that requests are read from: after a TLS handshake, or the accepted socket without TLS. */
  carrier?: Socket;
  isHttp2: boolean;
}

/** The connections of the public listener, for every protocol: number, scopes and ends. */
export class ListenerConnections {
  private readonly uses = new Map<Socket, ConnectionUse>();
  private isDraining = false;
  private readonly limit: ConnectionLimit;
  private limits: Required<ConnectionSettings>;

  /** Call it after all other `connection` listeners of the server are added. */
  constructor(
    server: PublicServer,
    peers: Peers,
    private readonly options: ListenerConnectionsOptions,
  ) {
    this.limits = connectionLimitsOf(options, openFileLimit());
    this.limitWriteIdle(server);
    scopeConnections(server);
    this.follow(server);
    this.limit = this.limitNumber(peers);
    this.limit.guard(server);
  }

  /** Replaces the limits of the number of connections; open ones stay. */
  setLimits(settings: ConnectionSettings): void {
    this.limits = connectionLimitsOf(settings, openFileLimit());
    this.limit.setLimits(this.limits);
  }

  counts(): ConnectionCounts {
    return this.limit.counts();
  }

  /**
   * Counts a request on the current connection.
   *
   * @param answer its answer, if no other one can follow before its end
   * @returns the argument for {@link endRequest}, which is called once at its end
   */
  beginRequest(answer?: ServerResponse): ConnectionUse | undefined {
    const socket = connectionInScope();
    const use = socket && this.uses.get(socket);
    if (!use) return undefined;
    use.requests += 1;
    use.answer = answer;
    return use;
  }

  endRequest(use: ConnectionUse | undefined): void {
    if (!use) return;
    use.requests -= 1;
    if (use.requests === 0) use.answer = undefined;
    if (this.isDraining) this.endUnused(use);
  }

  /** Lets every answer without a head end its connection, so that the client sends no further request on it. */
  endWithAnswers(): void {
    for (const { answer } of this.uses.values()) if (answer?.headersSent === false) answer.shouldKeepAlive = false;
  }

  /**
   * Resolves when no connection is open, and after a second at the latest. A request may be on its way on a kept-alive
   * connection: it would be lost if the connection ended now.
   */
  async linger(): Promise<void> {
    for (let leftMs = LINGER_MS; leftMs > 0 && this.uses.size > 0; leftMs -= LINGER_STEP_MS)
      await delay(LINGER_STEP_MS);
  }

  /**
   * Call it when the server accepts no more connections. It ends every connection without a request at once, and each
   * other one after its last request.
   */
  drain(): void {
    this.isDraining = true;
    this.limit.close();
    for (const use of this.uses.values()) this.endUnused(use);
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.limit.close();
    for (const socket of this.uses.keys()) socket.destroy();
  }

  /** Written data still reaches the client, even if it does not close its side. */
  private endUnused({ socket, requests, carrier, isHttp2 }: ConnectionUse): void {
    if (requests > 0) return;
    if (!carrier) return void socket.destroy(); // no client can wait for an answer yet
    // An HTTP/2 session closes its socket itself when the server closes. Earlier, its GOAWAY and last frames would be
    // lost.
    if (isHttp2 && !carrier.writableEnded) carrier.once('finish', () => carrier.destroy());
    else carrier.destroySoon();
  }

  private follow(server: PublicServer): void {
    const isEncrypted = server instanceof TlsServer;
    server.on('connection', (socket: Socket) => {
      this.uses.set(socket, { socket, requests: 0, carrier: isEncrypted ? undefined : socket, isHttp2: false });
      socket.once('close', () => this.uses.delete(socket));
    });
    if (isEncrypted) server.prependListener('secureConnection', (carrier: TLSSocket) => this.secured(carrier));
  }

  private secured(carrier: TLSSocket): void {
    const use = this.uses.get(connectionInScope() as Socket);
    if (use) Object.assign(use, { carrier, isHttp2: carrier.alpnProtocol === 'h2' });
  }

  private limitNumber(peers: Peers): ConnectionLimit {
    return new ConnectionLimit({ ...this.limits, peers }, (refusals) =>
      this.options.logger.warn(
        { ...refusals, ...this.limits },
        refusals.reason === 'limit'
          ? 'connections refused: the public listener reached listen.maxConnections; raise it, or start more gateways'
          : 'connections refused: a client address reached listen.maxConnectionsPerAddress; raise it, or add a ' +
              'proxy to listen.trustedPeers',
      ),
    );
  }

  private limitWriteIdle(server: PublicServer): void {
    const { writeIdleTimeoutMs = 60_000, streamWriteIdleTimeoutMs = 300_000, logger } = this.options;
    limitWriteIdle(server, { idleMs: writeIdleTimeoutMs, streamIdleMs: streamWriteIdleTimeoutMs }, (client) =>
      logger.info(
        { ...client },
        client.isUnread
          ? 'connection closed: a request on it was not read, and nothing was sent, within the limit; if requests ' +
              'may wait longer, raise listen.streamWriteIdleTimeoutMs'
          : 'connection reset: the client accepted no data within the limit; if its network is slow, raise ' +
              'listen.writeIdleTimeoutMs',
      ),
    );
  }
}
