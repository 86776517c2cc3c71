import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { EarlyData } from './early-data.js';

/** A response on a socket that Node's server has handed over, for a handshake that can still be refused. */
export interface RawAnswer {
  response: ServerResponse;
  /**
   * Releases the socket, which is paused, to the new owner of the connection.
   * @returns the data that the client has sent behind its handshake
   */
  release(): Buffer;
}

/**
 * @param client the socket of an `upgrade` event; it ends with the response
 * @param head the data that was read with the handshake
 * @param onAnswered called once with the status that was sent; 499 if the client left before
 */
export function rawAnswer(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  onAnswered: (status: number) => void = () => {},
): RawAnswer {
  const socket = client as Socket; // Node's servers emit no other kind
  const response = new ServerResponse(request);
  const early = new EarlyData(socket, head, () => response.headersSent);
  const onDrain = (): void => void response.emit('drain'); // the server would do it, but has released the socket
  const onClose = (): void => onAnswered(response.headersSent ? response.statusCode : 499);
  const release = (): Buffer => {
    socket.off('close', onClose);
    onAnswered(response.statusCode);
    socket.off('drain', onDrain);
    response.detachSocket(socket);
    return early.stop();
  };
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    release();
    socket.destroySoon();
  });
  socket
    .once('close', onClose)
    .on('drain', onDrain)
    .on('error', () => {}); // close follows
  return { response, release };
}
