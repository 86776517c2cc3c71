import type { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import { BodyWriter, endResponse, sendHead, WholeBody, writeFirst } from '@slipstream/http';
import type { Answer } from '../policy/answer.js';
import type { CacheClient } from './cache-client.port.js';
import type { HeldBodies } from './held-bodies.js';

/**
 * Larger bodies are written in several pieces, so a client that does not read costs no more than this. An HTTP/2
 * connection has many answers at a time.
 */
const ONE_PIECE_BYTES = 64 * 1024;
const ONE_PIECE_OF_MANY_BYTES = 16 * 1024;

/**
 * Sends a client a whole answer, which others get too. An answer that suits other clients may be invalid for this one,
 * because HTTP/2 allows less than HTTP/1.1.
 */
export function sendAnswer({ statusCode, headers, body }: Answer, client: CacheClient, held: HeldBodies): void {
  try {
    client.onHead?.(statusCode, headers, true);
    sendHead(client.response, statusCode, headers);
  } catch (error) {
    return client.onFailed(error);
  }
  writeBody(client.response, body, held, () => client.onDone?.());
}

/**
 * Writes a body after its head, and ends the answer. A large body is written as fast as the client accepts it.
 *
 * @param onDone called once, when the answer has ended or the client has left
 */
export function writeBody(
  response: ServerResponse,
  body: Buffer | undefined,
  held: HeldBodies,
  onDone: () => void,
): void {
  if (body && body.length > onePieceBytes(response))
    return new BodyWriter(response, new WholeBody(body, held.read(body)), onDone).pump();
  if (body && body.length > 0) writeFirst(response, body);
  endResponse(response);
  onDone();
}

const onePieceBytes = (response: ServerResponse): number =>
  response instanceof Http2ServerResponse ? ONE_PIECE_OF_MANY_BYTES : ONE_PIECE_BYTES;
