import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import { toProblem, type SlipstreamError } from '@slipstream/contracts';

/** The last bytes of an HTTP/1 connection without a response object: a problem document. */
export function rawProblem(error: SlipstreamError): string {
  const { status, headers, body } = toProblem(error);
  const text = JSON.stringify(body);
  const fields = { ...headers, 'content-length': String(Buffer.byteLength(text)), connection: 'close' };
  const head = Object.entries(fields).map(([name, value]) => `${capitalized(name)}: ${value}`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}\r\n${head.join('\r\n')}\r\n\r\n${text}`;
}

const capitalized = (name: string): string => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

/**
 * Sends the problem document, then ends the connection. No answer may be in progress, because the document would become
 * part of it.
 */
export function endWithProblem(socket: Duplex | Socket, error: SlipstreamError): void {
  socket.on('error', () => {}); // close follows
  socket.end(rawProblem(error), () => socket.destroy());
}
