import type { Socket } from 'node:net';
import type { Exchange } from './exchange.js';
import { Upload, type UploadEvents } from './upload.js';

/** Writes a request's head, and its body if that is at hand, in one piece. @returns the body if it is a stream, to be begun */
export function sendRequest(socket: Socket, { head, request: { body } }: Exchange, events: UploadEvents): Upload | undefined {
  if (!Buffer.isBuffer(body)) {
    socket.write(head.text, 'latin1');
    return body === null ? undefined : new Upload(body, socket, head.streamLength, events);
  }
  socket.cork();
  socket.write(head.text, 'latin1');
  socket.write(body);
  socket.uncork();
  return undefined;
}
