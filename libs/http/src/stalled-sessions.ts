import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { WriteIdleClient } from './write-idle-client.js';

/** Property by which a socket is found behind the proxy `session.socket`, which can't destroy it. */
const ITSELF = Symbol('socket');
type Named = { [ITSELF]?: Socket };

/** To be called for each socket before a session is created on it. */
export function nameItself(socket: Socket): void {
  (socket as Named)[ITSELF] = socket;
}

/** Returns the socket of a session, if it was named. */
export const socketOf = (session: Http2Session): Socket | undefined => (session.socket as Named)[ITSELF];

/**
 * Finds HTTP/2 connections that are dead without Node's notice, and frees the memory of their streams:
 *
 * - The client reads nothing at all. Ended streams free their memory, but the last data never leaves, and Node waits
 *   for it even after the session is destroyed.
 * - The client sent GOAWAY and then violates the protocol. nghttp2 stops reading, and Node waits for the open streams,
 *   so the end of the connection is never noticed.
 *
 * A live client acknowledges SETTINGS (RFC 9113 section 6.5.3), even while it closes, when Node sends no PING any more.
 * A connection whose client does not acknowledge them is destroyed.
 */
export class StalledSessions {
  private readonly sockets = new Map<Http2Session, Socket>();
  /** Time since which an acknowledgement is expected. */
  private readonly expectedSinceMs = new Map<Http2Session, number>();

  constructor(
    private readonly idleMs: number,
    private readonly onEnded: (client: WriteIdleClient) => void,
  ) {}

  add(session: Http2Session): void {
    const socket = socketOf(session);
    if (!socket) return;
    this.sockets.set(session, socket);
    socket.once('close', () => {
      this.sockets.delete(session);
      this.expectedSinceMs.delete(session);
    });
  }

  /** Tests whether the whole connection is dead. */
  suspect(session: Http2Session, nowMs: number): void {
    if (this.expectedSinceMs.has(session)) return;
    this.expectedSinceMs.set(session, nowMs);
    if (!session.destroyed) session.settings({}, (error) => void (error ?? this.expectedSinceMs.delete(session)));
  }

  look(nowMs: number): void {
    for (const [session, socket] of this.sockets) {
      if (session.closed) this.suspect(session, nowMs);
      const sinceMs = this.expectedSinceMs.get(session);
      if (sinceMs === undefined || nowMs - sinceMs < this.idleMs) continue;
      this.onEnded({ protocol: 'http/2', pendingBytes: 0, idleMs: nowMs - sinceMs });
      this.expectedSinceMs.delete(session);
      this.sockets.delete(session);
      socket.destroy();
    }
  }
}
