import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** The latest answer of each HTTP/1 connection. The answers of one connection are sent in order. */
export class ConnectionAnswers {
  private readonly latest = new WeakMap<Duplex, ServerResponse | undefined>();
  private readonly ending = new WeakSet<Duplex>();

  began({ socket }: IncomingMessage, response: ServerResponse): void {
    this.latest.set(socket, response);
  }

  /** Call it when the answer is closed, so that an idle connection keeps nothing of it. */
  ended({ socket }: IncomingMessage, response: ServerResponse): void {
    if (response.writableFinished && this.latest.get(socket) === response) this.latest.set(socket, undefined);
  }

  /** Returns the latest answer on a connection, unless it has ended and released the connection. */
  underWay(socket: Duplex): ServerResponse | undefined {
    const latest = this.latest.get(socket);
    return latest?.writableFinished && latest.socket === null ? undefined : latest;
  }

  /** Makes this answer the last one on its connection. */
  endWith(response: ServerResponse, socket: Duplex): void {
    this.ending.add(socket);
    response.shouldKeepAlive = false;
  }

  /** Whether the last request of the connection has arrived. Data after it is ignored. */
  isEnding(socket: Duplex): boolean {
    return this.ending.has(socket);
  }
}
