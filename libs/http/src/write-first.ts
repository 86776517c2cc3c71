import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { holdWrites } from './write-batch.js';

/** Up to this size, copying a piece costs less than a separate write. */
const TEXT_MAX_BYTES = 16 * 1024;

/**
 * Writes the first piece of an answer's body right after its head; both are sent with the batch.
 *
 * If a small first piece is text, Node sends it together with the head in one plain write. Bytes would be a second
 * piece, for a gathering write that costs twice as much.
 *
 * @param onTaken called when the client has accepted the piece, or has left
 * @returns the result of `response.write`
 */
export function writeFirst(response: ServerResponse, chunk: Buffer, onTaken?: (error?: Error | null) => void): boolean {
  if (response.socket && !(response instanceof Http2ServerResponse)) holdWrites(response.socket);
  return chunk.length > TEXT_MAX_BYTES
    ? response.write(chunk, onTaken)
    : response.write(chunk.toString('latin1'), 'latin1', onTaken);
}
