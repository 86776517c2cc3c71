import type { Duplex } from 'node:stream';

/**
 * Longest data before the answer. A client must wait for the answer (RFC 6455 section 4.1); one that sends more is
 * disconnected.
 */
const MAX_BYTES = 64 * 1024;

/**
 * Reads the data that a client sends before its handshake is answered, and closes the connection when the client ends.
 * The server's sockets stay half open, and an end behind unread data would not be noticed.
 */
export class EarlyData {
  private readonly chunks: Buffer[];
  private bytes: number;

  /**
   * @param head the data that was read with the handshake
   * @param isRefused whether the handshake was refused. Further data is dropped then
   */
  constructor(
    private readonly client: Duplex,
    head: Buffer,
    private readonly isRefused: () => boolean,
  ) {
    this.chunks = [head];
    this.bytes = head.length;
    client.on('data', this.onData).on('end', this.onEnd);
  }

  /** Stops reading: the client is paused. @returns the data in its order */
  stop(): Buffer {
    this.client.off('data', this.onData).off('end', this.onEnd).pause();
    return Buffer.concat(this.chunks);
  }

  private readonly onData = (chunk: Buffer): void => {
    if (this.isRefused()) return;
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    if (this.bytes > MAX_BYTES) this.client.destroy();
  };

  private readonly onEnd = (): void => void this.client.destroy();
}
