import type { Socket } from 'node:net';
import { endWithProblem, type RawRefusal } from './raw-answers.js';

const BAD_REQUEST: RawRefusal = { status: 400, code: 'malformed_request', detail: 'The request is not valid HTTP; the connection is closed.' };

/** By Node's error code. */
const REFUSALS: Readonly<Record<string, RawRefusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, code: 'request_timeout', detail: 'The request took too long to arrive; send it again.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, code: 'chunk_extensions_too_large', detail: 'The chunk extensions of the request are too large; send it without.' },
  HPE_HEADER_OVERFLOW: { status: 431, code: 'headers_too_large', detail: 'The header fields of the request are too large; clear the cookies of this site, or send fewer.' },
};

/** Whether the bytes themselves are at fault, rather than their coming. */
export const isUnparsable = ({ code }: NodeJS.ErrnoException): boolean => code?.startsWith('HPE_') === true;

/**
 * Answers what is no request, and closes. Nothing is written to a connection on which an answer is under way: it would be
 * taken for a part of that.
 *
 * @returns the status that was sent; undefined when the connection was only closed
 */
export function refuseUnparsable(error: NodeJS.ErrnoException, socket: Socket, isAnswering: boolean): number | undefined {
  const refusal = REFUSALS[error.code ?? ''] ?? (isUnparsable(error) ? BAD_REQUEST : undefined);
  if (!refusal || isAnswering || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  endWithProblem(socket, refusal);
  return refusal.status;
}
