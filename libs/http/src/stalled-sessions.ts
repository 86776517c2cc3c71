import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { WriteIdleClient } from './write-idle-client.js';

/** Under this name a socket is found behind the proxy that `session.socket` is: that one can't destroy it. */
const ITSELF = Symbol('socket');
type Named = { [ITSELF]?: Socket };

/** Called for each socket before a session is made on it. */
export function nameItself(socket: Socket): void {
  (socket as Named)[ITSELF] = socket;
}

/**
 * Connections of HTTP/2 that are dead without Node's knowledge, with everything their streams hold:
 *
 * - the client reads nothing at all. Ended streams free what they hold, but what is written last never leaves, and Node
 * waits for that even
 *   when the session is destroyed.
 * - the session is closing (the client sent GOAWAY), and then the client breaks the protocol. nghttp2 stops reading,
 * Node waits for the open
 *   streams, and nobody notices that the client has left.
 *
 * A live client acknowledges SETTINGS (RFC 9113 section 6.5.3), also while it closes, when Node sends no PING any more.
 * A connection whose client does not is destroyed.
 */
export class StalledSessions {
  private readonly sockets = new Map<Http2Session, Socket>();
  /** Since when an acknowledgement is expected. */
  private readonly expectedSinceMs = new Map<Http2Session, number>();

  constructor(
    private readonly idleMs: number,
    private readonly onEnded: (client: WriteIdleClient) => void,
  ) {}

  add(session: Http2Session): void {
    const socket = (session.socket as Named)[ITSELF];
    if (!socket) return;
    this.sockets.set(session, socket);
    socket.once('close', () => {
      this.sockets.delete(session);
      this.expectedSinceMs.delete(session);
    });
  }

  /** The whole connection may be dead. */
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
