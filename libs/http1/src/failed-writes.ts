import type { Socket } from 'node:net';

type Callback = (error?: Error | null) => void;

/**
 * Keeps a socket open after a failed write. Node would destroy it, together with the data that the origin sent before
 * it closed, such as a 413 answer. With this, the data is read, and then the end of the connection. The socket accepts
 * no more writes.
 *
 * @param onFailed called instead of the write's own callback
 */
export function keepReadingAfterFailedWrites(socket: Socket, onFailed: (error: Error) => void): void {
  const guarded =
    (callback: Callback): Callback =>
    (error) =>
      error && !socket.destroyed ? onFailed(error) : callback(error);
  const { _write: write, _writev: writev } = socket;
  socket._write = (chunk: unknown, encoding, callback) => write.call(socket, chunk, encoding, guarded(callback));
  if (writev) socket._writev = (chunks, callback) => writev.call(socket, chunks, guarded(callback));
}
