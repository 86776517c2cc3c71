import type { Socket } from 'node:net';
import { SlipstreamError, statusOf, type ErrorCode } from '@slipstream/contracts';
import type { ConnectionAnswers } from './connection-answers.js';
import { endWithProblem } from './raw-answers.js';

/** By Node's error code. */
const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'chunk_extensions_too_large',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
};

/** Whether the bytes themselves are invalid, and not only late. */
const isUnparsable = ({ code }: NodeJS.ErrnoException): boolean => code?.startsWith('HPE_') === true;

/**
 * Answers a request that Node could not parse, or that arrived too slowly, and closes the connection. If an answer is
 * in progress, nothing is written, because it would become part of that answer. An answer to a complete request is
 * finished first.
 *
 * @returns the status that was sent; undefined if the connection was or will be closed without an answer
 */
export function refuseUnparsable(
  error: NodeJS.ErrnoException,
  socket: Socket,
  answers: ConnectionAnswers,
): number | undefined {
  if (answers.isEnding(socket) && isUnparsable(error)) return undefined;
  const latest = answers.underWay(socket);
  if (latest?.req.complete && isUnparsable(error)) {
    answers.endWith(latest, socket); // the violation is in the data after it
    latest.once('finish', () => socket.destroySoon());
    return undefined;
  }
  const isAnswering = latest !== undefined && (latest.headersSent || latest.socket !== socket);
  const refusal = REFUSALS[error.code ?? ''] ?? (isUnparsable(error) ? 'malformed_request' : undefined);
  if (!refusal || isAnswering || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  endWithProblem(socket, new SlipstreamError(refusal));
  return statusOf(refusal);
}
