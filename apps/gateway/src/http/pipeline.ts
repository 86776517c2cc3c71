import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { hasBody } from '@slipstream/http';

/** The same number as open streams on an HTTP/2 connection. */
const MAX_WAITING = 128;
/** Node pauses the connection only for a body above 64 KiB. So at most 8 requests with bodies wait. */
const WEIGHT_WITH_BODY = 16;

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
    const weight = hasBody(response.req) ? WEIGHT_WITH_BODY : 1;
    const count = this.count(socket, weight);
    if (count > MAX_WAITING) return void socket.destroy();
    response.once('socket', () => {
      this.count(socket, -weight);
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
