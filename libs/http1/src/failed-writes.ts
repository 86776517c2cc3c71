import type { Socket } from 'node:net';

type Callback = (error?: Error | null) => void;

/**
 * Keeps a socket that a write fails on: Node would destroy it, and with it what the origin has sent before it closed,
 * such as 413. That comes by reading on, and after it the end of the connection. The socket takes no more writes then.
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
