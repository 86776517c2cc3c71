import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** A response on a socket that Node's server has handed over, for a handshake that can still be refused. */
export interface RawAnswer {
  response: ServerResponse;
  /** Releases the socket to the new owner of the connection. */
  release(): void;
}

/**
 * @param client the socket of an `upgrade` event; it ends with the response
 * @param onAnswered called once with the status that was sent; 499 if the client left before
 */
export function rawAnswer(
  request: IncomingMessage,
  client: Duplex,
  onAnswered: (status: number) => void = () => {},
): RawAnswer {
  const socket = client as Socket; // Node's servers emit no other kind
  const response = new ServerResponse(request);
  const onDrain = (): void => void response.emit('drain'); // the server would do it, but has released the socket
  // the server's sockets stay half open; this client waits for no more data
  const onEnd = (): void => void socket.destroy();
  const onClose = (): void => onAnswered(response.headersSent ? response.statusCode : 499);
  const release = (): void => {
    socket.off('close', onClose);
    onAnswered(response.statusCode);
    socket.off('drain', onDrain).off('end', onEnd);
    response.detachSocket(socket);
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
    .on('end', onEnd)
    .on('error', () => {}); // close follows
  return { response, release };
}
