import type { Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Http1LikeResponse } from './http2-messages.js';
import type { WriteIdleClient } from './write-idle.js';

/** Under this name a socket is found behind the proxy that `session.socket` is: that one can't destroy it. */
const ITSELF = Symbol('socket');
type Named = { [ITSELF]?: Socket };

/** Called for each socket before a session is made on it. */
export function nameItself(socket: Socket): void {
  (socket as Named)[ITSELF] = socket;
}

/**
 * Connections of HTTP/2 whose client reads nothing at all. Their streams can be ended, which frees what those hold; the connection
 * stays, for what is written last never leaves, and Node waits for that even when the session is destroyed.
 */
export class StalledSessions {
  private readonly sockets = new Map<Http2Session, Socket>();
  /** Since when something is expected of a session: the answer to a ping, or its end. */
  private readonly expectedSinceMs = new Map<Http2Session, number>();

  constructor(
    private readonly idleMs: number,
    private readonly responses: ReadonlySet<Http1LikeResponse>,
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

  /** A stream of it took nothing: the whole connection may be stalled. A client that reads answers a ping. */
  suspect(session: Http2Session, nowMs: number): void {
    if (this.expectedSinceMs.has(session) || session.destroyed) return;
    this.expectedSinceMs.set(session, nowMs);
    session.ping((error) => void (error ?? this.expectedSinceMs.delete(session)));
  }

  look(nowMs: number): void {
    for (const [session, socket] of this.sockets) {
      if (session.closed && !this.expectedSinceMs.has(session) && !this.hasResponse(session)) this.expectedSinceMs.set(session, nowMs);
      const sinceMs = this.expectedSinceMs.get(session);
      if (sinceMs === undefined || nowMs - sinceMs < this.idleMs) continue;
      this.onEnded({ protocol: 'http/2', pendingBytes: 0, idleMs: nowMs - sinceMs });
      this.expectedSinceMs.delete(session);
      this.sockets.delete(session);
      socket.destroy();
    }
  }

  private hasResponse(session: Http2Session): boolean {
    for (const { stream } of this.responses) if (stream.session === session) return true;
    return false;
  }
}
