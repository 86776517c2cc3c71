import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** As many as HTTP/2 may have open on a connection. */
const MAX_WAITING = 128;

/**
 * Requests that came before those before them were answered (RFC 9112 section 9.3.2). Each is served when its turn to
 * answer comes, for Node would have them all served at once: one connection could take every place that the backends
 * have, and keep them when its client is gone, for Node stops reading where answers pile up.
 */
export class Pipeline {
  private readonly waiting = new WeakMap<Duplex, number>();

  /** Serves it when its turn comes, which may be now. A connection on which too many wait is ended. */
  enter(response: ServerResponse, serve: () => void): void {
    if (response.socket !== null) return serve();
    const { socket } = response.req;
    const count = this.count(socket, 1);
    if (count > MAX_WAITING) return void socket.destroy();
    response.once('socket', () => {
      this.count(socket, -1);
      // Node is not done yet with giving it the connection
      process.nextTick(() => void (response.destroyed || serve()));
    });
  }

  private count(socket: Duplex, change: number): number {
    const count = (this.waiting.get(socket) ?? 0) + change;
    this.waiting.set(socket, count);
    return count;
  }
}
