import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TimedResponse } from './measured-response.js';

/**
 * Cuts an answer so that it can't look complete. Chunks and a length tell by their absence (RFC 9112 section 8), HTTP/2
 * by RST_STREAM; an answer to HTTP/1.0 may end with its connection, so that one is reset: an orderly close would be its
 * end. Over TLS the missing close_notify says the same (RFC 8446 section 6.1).
 *
 * One that stands behind others on its connection (pipelining) is cut when its turn comes: Node would send what was
 * written of it by then, and wait for the rest for ever.
 */
export function breakOff(response: ServerResponse): void {
  const { socket } = response;
  const { timeline } = response as TimedResponse;
  if (timeline) timeline.isBrokenOff = true;
  if (socket === null) response.once('socket', () => breakOff(response));
  else if (response.useChunkedEncodingByDefault === false && canReset(socket)) socket.resetAndDestroy();
  else response.destroy();
}

/** One that is being ended can't be reset (libuv: EINVAL), and would never be closed after that. */
const canReset = (socket: Socket): boolean =>
  socket instanceof Socket && !(socket instanceof TLSSocket) && !socket.writableEnded;
