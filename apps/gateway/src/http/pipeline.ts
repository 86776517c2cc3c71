import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The same number as open streams on an HTTP/2 connection. */
const MAX_WAITING = 128;

/**
 * Requests that arrived before earlier ones were answered (RFC 9112 section 9.3.2). Each one is served when it is next
 * to answer. Node would serve all of them at once: one connection could then occupy all backends, and keep them after
 * its client left, because Node stops reading while answers accumulate.
 */
export class Pipeline {
  private readonly waiting = new WeakMap<Duplex, number>();

  /**
   * Serves it in its turn. A connection with too many waiting requests is closed.
   * @param response one that has no socket yet: it is not the next to be sent
   */
  wait(response: ServerResponse, serve: () => void): void {
    const { socket } = response.req;
    const count = this.count(socket, 1);
    if (count > MAX_WAITING) return void socket.destroy();
    response.once('socket', () => {
      this.count(socket, -1);
      // Node has not finished assigning the connection to it
      process.nextTick(() => void (response.destroyed || serve()));
    });
  }

  private count(socket: Duplex, change: number): number {
    const count = (this.waiting.get(socket) ?? 0) + change;
    this.waiting.set(socket, count);
    return count;
  }
}
