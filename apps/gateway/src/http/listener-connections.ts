import type { Socket } from 'node:net';
import { openFileLimit } from '@slipstream/health';
import { ConnectionLimit, limitWriteIdle, scopeConnections, type ConnectionCounts, type Peers } from '@slipstream/http';
import type { Logger } from '@slipstream/telemetry';
import { connectionLimitsOf, type ConnectionSettings } from './connection-limits.js';
import type { PublicServer } from './public-server.js';

export interface ListenerConnectionsOptions extends ConnectionSettings {
  /** How long a client may take none of the bytes that wait for it. Default 60000. */
  writeIdleTimeoutMs?: number;
  /** The same of event streams and WebSockets. Default 300000. */
  streamWriteIdleTimeoutMs?: number;
  logger: Logger;
}

/** The connections of the public listener, whatever protocol they speak: their number, their scopes, and their ends. */
export class ListenerConnections {
  private readonly sockets = new Set<Socket>();
  private readonly limit: ConnectionLimit;

  /** Call this after all other listeners of the server for `connection` are added. */
  constructor(server: PublicServer, peers: Peers, private readonly options: ListenerConnectionsOptions) {
    this.limitWriteIdle(server);
    scopeConnections(server);
    server.on('connection', (socket: Socket) => this.sockets.add(socket.once('close', () => this.sockets.delete(socket))));
    this.limit = this.limitNumber(peers);
    this.limit.guard(server);
  }

  counts(): ConnectionCounts {
    return this.limit.counts();
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.limit.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private limitNumber(peers: Peers): ConnectionLimit {
    const limits = connectionLimitsOf(this.options, openFileLimit());
    return new ConnectionLimit({ ...limits, peers }, (refusals) =>
      this.options.logger.warn(
        { ...refusals, ...limits },
        refusals.reason === 'limit'
          ? 'connections refused: the public listener has its limit of them open; raise listen.maxConnections, or start more gateways'
          : 'connections refused: one client address has its limit of them open; raise listen.maxConnectionsPerAddress, or name a proxy in listen.trustedPeers',
      ),
    );
  }

  private limitWriteIdle(server: PublicServer): void {
    const { writeIdleTimeoutMs = 60_000, streamWriteIdleTimeoutMs = 300_000, logger } = this.options;
    limitWriteIdle(server, { idleMs: writeIdleTimeoutMs, streamIdleMs: streamWriteIdleTimeoutMs }, (client) =>
      logger.info({ ...client }, 'client ended: it took nothing of the bytes that wait for it; raise listen.writeIdleTimeoutMs if its network is that slow'),
    );
  }
}
