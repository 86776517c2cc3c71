import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TimedResponse } from './measured-response.js';

/**
 * Ends an answer so that it can't look complete. With chunks or a length, the missing rest shows it (RFC 9112 section
 * 8); HTTP/2 uses RST_STREAM. An answer to HTTP/1.0 may end with its connection, so the connection is reset, because an
 * orderly close would complete the answer. Over TLS, the missing close_notify shows it (RFC 8446 section 6.1).
 *
 * A pipelined answer behind others is broken off in its turn. Node would send its first part then, and wait for the
 * rest without end.
 */
export function breakOff(response: ServerResponse): void {
  const { socket } = response;
  const { timeline } = response as TimedResponse;
  if (timeline) timeline.isBrokenOff = true;
  if (socket === null) response.once('socket', () => breakOff(response));
  else if (response.useChunkedEncodingByDefault === false && canReset(socket)) socket.resetAndDestroy();
  else response.destroy();
}

/** A socket that is being ended can't be reset (libuv: EINVAL), and would never be closed after that. */
const canReset = (socket: Socket): boolean =>
  socket instanceof Socket && !(socket instanceof TLSSocket) && !socket.writableEnded;
