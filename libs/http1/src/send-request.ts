import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { holdWrites } from '@slipstream/http';
import type { Exchange } from './exchange.js';
import { Upload, type UploadEvents } from './upload.js';

/**
 * Writes a request's head, and its body if that is at hand, in one piece with the batch.
 * @returns the body if it is a stream, to be begun
 */
export function sendRequest(
  socket: Socket,
  { head, request: { body } }: Exchange,
  events: UploadEvents,
): Upload | undefined {
  const isStream = body instanceof Readable;
  if (!isStream) holdWrites(socket);
  socket.write(head.text, 'latin1');
  if (isStream) return new Upload(body, socket, head.streamLength, events);
  if (Buffer.isBuffer(body)) socket.write(body);
  else if (body !== null) for (const piece of body) socket.write(piece);
  return undefined;
}
