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
  const refusal = REFUSALS[error.code ?? ''] ?? (isUnparsable(error) ? 'malformed_request' : undefined);
  if (!refusal || isAnswering || !socket.writable) {
    socket.destroy();
    return undefined;
  }
  endWithProblem(socket, new SlipstreamError(refusal));
  return statusOf(refusal);
}
