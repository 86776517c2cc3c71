import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';

/** A refusal that is written by hand, where there is no response to write it to. */
export interface RawRefusal {
  status: number;
  code: string;
  detail: string;
  headers?: readonly string[];
}

/** The last bytes of a connection of HTTP/1: a problem document. */
export function rawProblem({ status, code, detail, headers = [] }: RawRefusal): string {
  const title = STATUS_CODES[status] ?? 'Error';
  const body = JSON.stringify({ type: 'about:blank', title, status, code, detail });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json',
    'Cache-Control: no-store',
    ...headers,
  ];
  return `${[...head, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`;
}

/**
 * Sends it, and ends the connection when it is sent. Nothing may be under way there, of which it would be taken for a
 * part.
 */
export function endWithProblem(socket: Duplex | Socket, refusal: RawRefusal): void {
  socket.on('error', () => {}); // close follows
  socket.end(rawProblem(refusal), () => socket.destroy());
}
