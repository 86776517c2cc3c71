import type { Server, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { addressGroup } from './address-group.js';
import { Peers } from './peers.js';
import { RefusedConnections } from './refused-connections.js';

/** Reason of a refused connection: the limit of its listener, or of its address. */
export type ConnectionRefusal = 'limit' | 'address_limit';

export interface ConnectionLimits {
  /** Open connections of the listener. 0: any number. */
  maxConnections: number;
  /** Open connections per client, which is an IPv4 address or an IPv6 /64 network. 0: any number. */
  maxConnectionsPerAddress: number;
  /**
   * Identifies the trusted peers, which the limit per address exempts, because they connect for many clients. Default:
   * none.
   */
  peers?: Peers;
}

/** Refusals since the last report. */
export interface ConnectionRefusals {
  reason: ConnectionRefusal;
  /** Number for all reasons. */
  refused: number;
  /** Address of the latest one. */
  address: string;
}

export interface ConnectionCounts {
  open: number;
  refused: Readonly<Record<ConnectionRefusal, number>>;
}

const REPORT_INTERVAL_MS = 60_000;

/**
 * Limits the open connections of a listener. Idle connections, HTTP/2 sessions and WebSockets count until they close. A
 * refused connection costs no parser, handshake or request.
 */
export class ConnectionLimit {
  private open = 0;
  private readonly refused = { limit: 0, address_limit: 0 };
  /** Open connections by address group. A group without connections has no entry. */
  private readonly groups = new Map<string, number>();
  private readonly refusals = new RefusedConnections();
  private readonly peers: Peers;
  private reportedAtMs = -Infinity;
  private unreported = 0;

  /** @param onRefused called for the first refusal, and then at most once a minute */
  constructor(
    private limits: ConnectionLimits,
    private readonly onRefused: (refusals: ConnectionRefusals) => void = () => {},
  ) {
    this.peers = limits.peers ?? new Peers([]);
  }

  /**
   * Applies the limits to a server. Call this after all other listeners for `connection` are added, because those must
   * not get a refused connection.
   */
  guard(server: Server): void {
    const isEncrypted = server instanceof TlsServer;
    const listeners = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
    server.removeAllListeners('connection').on('connection', (socket: Socket) => {
      const { address, isTrusted } = this.peers.at(socket);
      const group = isTrusted ? undefined : addressGroup(address);
      const reason = this.violation(group);
      if (reason) {
        this.refusals.refuse(socket, isEncrypted);
        return this.report(reason, address);
      }
      this.count(socket, group);
      for (const listener of listeners) listener.call(server, socket);
    });
  }

  /** Replaces the limits; open connections stay. */
  setLimits(limits: Omit<ConnectionLimits, 'peers'>): void {
    this.limits = { ...this.limits, ...limits };
  }

  counts(): ConnectionCounts {
    return { open: this.open, refused: { ...this.refused } };
  }

  /** Address groups that have connections. */
  get groupCount(): number {
    return this.groups.size;
  }

  /** Closes the refused connections that still wait for their clients. */
  close(): void {
    this.refusals.close();
  }

  private violation(group: string | undefined): ConnectionRefusal | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.limits;
    if (maxConnections > 0 && this.open >= maxConnections) return 'limit';
    if (group === undefined || maxConnectionsPerAddress === 0) return undefined;
    return (this.groups.get(group) ?? 0) >= maxConnectionsPerAddress ? 'address_limit' : undefined;
  }

  private count(socket: Socket, group: string | undefined): void {
    this.open += 1;
    if (group !== undefined) this.groups.set(group, (this.groups.get(group) ?? 0) + 1);
    socket.once('close', () => {
      this.open -= 1;
      if (group === undefined) return;
      const rest = (this.groups.get(group) ?? 1) - 1;
      if (rest === 0) this.groups.delete(group);
      else this.groups.set(group, rest);
    });
  }

  private report(reason: ConnectionRefusal, address: string): void {
    this.refused[reason] += 1;
    this.unreported += 1;
    const nowMs = performance.now();
    if (nowMs - this.reportedAtMs < REPORT_INTERVAL_MS) return;
    this.reportedAtMs = nowMs;
    const refused = this.unreported;
    this.unreported = 0;
    this.onRefused({ reason, refused, address });
  }
}
