import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What is answered on each connection of HTTP/1, whose answers follow each other. */
export class ConnectionAnswers {
  private readonly latest = new WeakMap<Duplex, ServerResponse>();
  private readonly ending = new WeakSet<Duplex>();

  began({ socket }: IncomingMessage, response: ServerResponse): void {
    this.latest.set(socket, response);
  }

  /** The latest answer on a connection, unless it has ended and let go of the connection. */
  underWay(socket: Duplex): ServerResponse | undefined {
    const latest = this.latest.get(socket);
    return latest?.writableFinished && latest.socket === null ? undefined : latest;
  }

  /** This is the last answer on its connection. */
  endWith(response: ServerResponse, socket: Duplex): void {
    this.ending.add(socket);
    response.shouldKeepAlive = false;
  }

  /** Whether the last request has come: what stands behind it is nobody's. */
  isEnding(socket: Duplex): boolean {
    return this.ending.has(socket);
  }
}
