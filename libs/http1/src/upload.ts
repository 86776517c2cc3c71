import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { Http1Error } from './http1-error.js';

export interface UploadEvents {
  /** Called when the origin accepts no more data for now, and when it accepts data again. */
  onBlocked(isBlocked: boolean): void;
  /** Called when the whole body was given to the socket. */
  onSent(): void;
  onFailed(error: Http1Error): void;
}

/**
 * Sends a request's body from a stream to a socket, as fast as the socket accepts it. The stream is read, never ended.
 */
export class Upload {
  private sentBytes = 0;

  /** @param length bytes announced by the head */
  constructor(
    private readonly source: Readable,
    private readonly socket: Socket,
    private readonly length: number | 'chunked',
    private readonly events: UploadEvents,
  ) {}

  begin(): void {
    const { source, socket } = this;
    if (source.readableEnded) return this.onEnd();
    if (source.destroyed) return this.onClose();
    socket.on('drain', this.onDrain);
    source.on('end', this.onEnd).on('error', this.onError).on('close', this.onClose).on('data', this.onData).resume();
  }

  /** Stops reading the stream. */
  stop(): void {
    this.socket.off('drain', this.onDrain);
    this.source
      .off('data', this.onData)
      .off('end', this.onEnd)
      .off('error', this.onError)
      .off('close', this.onClose)
      .pause();
  }

  private readonly onData = (piece: Buffer | string): void => {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    this.sentBytes += chunk.length;
    if (this.length !== 'chunked' && this.sentBytes > this.length)
      return this.fail('it is longer than its Content-Length');
    if (chunk.length === 0 || this.write(chunk)) return;
    this.source.pause();
    this.events.onBlocked(true);
  };

  private write(chunk: Buffer): boolean {
    if (this.length !== 'chunked') return this.socket.write(chunk);
    this.socket.cork();
    this.socket.write(`${chunk.length.toString(16)}\r\n`, 'latin1');
    this.socket.write(chunk);
    const hasRoom = this.socket.write('\r\n', 'latin1');
    this.socket.uncork();
    return hasRoom;
  }

  private readonly onDrain = (): void => {
    this.events.onBlocked(false);
    this.source.resume();
  };

  private readonly onEnd = (): void => {
    if (this.length !== 'chunked' && this.sentBytes < this.length)
      return this.fail('it is shorter than its Content-Length');
    this.stop();
    if (this.length === 'chunked') this.socket.write('0\r\n\r\n', 'latin1');
    this.events.onSent();
  };

  private readonly onError = (cause: unknown): void => this.fail('reading it failed', cause);

  private readonly onClose = (): void => this.fail('reading it failed', this.source.errored ?? undefined);

  private fail(what: string, cause?: unknown): void {
    this.stop();
    this.events.onFailed(
      new Http1Error('http1_body_failed', `The request body ended early: ${what}.`, { cause, context: { what } }),
    );
  }
}
