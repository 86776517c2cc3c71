import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { holdWrites } from '@slipstream/http';
import type { Exchange } from './exchange.js';
import { Upload, type UploadEvents } from './upload.js';

/** Up to this size, copying a body costs less than a gathering write of head and body. */
const TEXT_MAX_BYTES = 16 * 1024;

/**
 * Writes a request's head, and its body if that is in memory, in one piece with the batch.
 * @returns the body if it is a stream, which is to be started
 */
export function sendRequest(
  socket: Socket,
  { head, request: { body } }: Exchange,
  events: UploadEvents,
): Upload | undefined {
  if (body instanceof Readable) {
    socket.write(head.text, 'latin1');
    return new Upload(body, socket, head.streamLength, events);
  }
  holdWrites(socket);
  if (body === null) socket.write(head.text, 'latin1');
  else writeWithBody(socket, head.text, Buffer.isBuffer(body) ? [body] : body);
  return undefined;
}

function writeWithBody(socket: Socket, head: string, body: readonly Buffer[]): void {
  const [only] = body;
  if (body.length === 1 && only && only.length <= TEXT_MAX_BYTES) {
    socket.write(head + only.toString('latin1'), 'latin1');
    return;
  }
  socket.write(head, 'latin1');
  for (const piece of body) socket.write(piece);
}
