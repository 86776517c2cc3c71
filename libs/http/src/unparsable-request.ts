import type { Socket } from 'node:net';
import type { ConnectionAnswers } from './connection-answers.js';
import { endWithProblem, type RawRefusal } from './raw-answers.js';

const BAD_REQUEST: RawRefusal = {
  status: 400,
  code: 'malformed_request',
  detail: 'The request is not valid HTTP; the connection is closed.',
};

/** By Node's error code. */
const REFUSALS: Readonly<Record<string, RawRefusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    detail: 'The request took too long to arrive; send it again.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'chunk_extensions_too_large',
    detail: 'The chunk extensions of the request are too large; send it without.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    detail: 'The header fields of the request are too large; clear the cookies of this site, or send fewer.',
  },
};

/** Whether the bytes themselves are at fault, rather than their coming. */
const isUnparsable = ({ code }: NodeJS.ErrnoException): boolean => code?.startsWith('HPE_') === true;

/**
 * Answers what Node could not parse, or had to wait for too long, and closes. Nothing is written to a connection on
 * which an answer is under way: it would be taken for a part of that. An answer whose own request is whole goes on to
 * its end.
 *
 * @returns the status that was sent; undefined when the connection was only closed, or will be
 */
export function refuseUnparsable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  answers: ConnectionAnswers,
): number | undefined {
  if (answers.isEnding(socket) && isUnparsable(error)) return undefined;
  const latest = answers.underWay(socket);
  if (latest?.req.complete && isUnparsable(error)) {
    answers.endWith(latest, socket); // the fault is in what follows it
    latest.once('finish', () => socket.destroySoon());
    return undefined;
  }
  const isAnswering = latest !== undefined && (latest.headersSent || latest.socket !== socket);
  const refusal = REFUSALS[error.code ?? ''] ?? (isUnparsable(error) ? BAD_REQUEST : undefined);
  if (!refusal || isAnswering || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  endWithProblem(socket, refusal);
  return refusal.status;
}
