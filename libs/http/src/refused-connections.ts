import type { Socket } from 'node:net';
import { SlipstreamError } from '@slipstream/contracts';
import { rawProblem } from './raw-answers.js';

/** Longest time for a refused client to receive its answer, in ms. */
const LINGER_MS = 2_000;
/** Bytes of a refused client that are read and dropped. */
const MAX_DROPPED_BYTES = 64 * 1024;
/** Refused connections that may wait for their clients at a time. Further ones are closed without an answer. */
const MAX_LINGERING = 64;

export const RETRY_AFTER_SECONDS = 5;
const ANSWER = rawProblem(
  new SlipstreamError('too_many_connections', undefined, { retryAfterSeconds: RETRY_AFTER_SECONDS }),
);

/**
 * Answers connections with 503 and closes them, whether or not a request arrives. A close with unread bytes would reset
 * the connection, and the client could lose the answer. So the bytes of the client are dropped until it closes, within
 * limits.
 */
export class RefusedConnections {
  private readonly lingering = new Set<Socket>();

  /** @param isEncrypted closes before the handshake, which would cost more than the connection itself */
  refuse(socket: Socket, isEncrypted: boolean): void {
    socket.on('error', () => {}); // close follows
    if (isEncrypted || this.lingering.size >= MAX_LINGERING) return void socket.destroy();
    this.lingering.add(socket);
    const deadline = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => {
      clearTimeout(deadline);
      this.lingering.delete(socket);
    });
    socket.on('data', () => socket.bytesRead > MAX_DROPPED_BYTES && socket.destroy());
    socket.once('end', () => socket.destroySoon());
    socket.end(ANSWER);
  }

  /** Closes the waiting connections. */
  close(): void {
    for (const socket of this.lingering) socket.destroy();
  }
}
