import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { holdWrites } from './write-batch.js';

/** Up to here copying a piece costs less than sending it apart. */
const TEXT_MAX_BYTES = 16 * 1024;

/**
 * Writes the first piece of an answer's body, right after its head was given; they go with the batch.
 *
 * Node sends a small first piece, when it is text, together with the head, in one plain write; as bytes it would be a
 * second piece, for a gathering write that costs twice as much.
 *
 * @param onTaken called when the client has taken it, with an error if the client has left
 * @returns as `response.write`
 */
export function writeFirst(response: ServerResponse, chunk: Buffer, onTaken?: (error?: Error | null) => void): boolean {
  if (response.socket && !(response instanceof Http2ServerResponse)) holdWrites(response.socket);
  return chunk.length > TEXT_MAX_BYTES
    ? response.write(chunk, onTaken)
    : response.write(chunk.toString('latin1'), 'latin1', onTaken);
}
