import type { Socket } from 'node:net';
import type { WriteIdleClient } from './write-idle-client.js';
import { isTunnel } from './write-idle-marks.js';

/** Progress of a connection that was not read at the last check. */
interface Mark {
  readBytes: number;
  writtenBytes: number;
  sinceMs: number;
}

/**
 * Ends connections of HTTP/1.1 that are neither read nor written for longer than the limit. Node stops reading while
 * the body of a request is not consumed, such as that of a request that waits behind a running answer. It does not
 * observe the connection meanwhile, so neither the client's end nor a failed TCP keep-alive probe is noticed. Data that
 * is written finds out whether the client is there.
 */
export class UnreadConnections {
  private readonly marks = new Map<Socket, Mark>();

  constructor(
    private readonly idleMs: number,
    private readonly onEnded: (client: WriteIdleClient, socket: Socket) => void,
  ) {}

  look(socket: Socket, nowMs: number): void {
    // Bytes that wait for the client have a limit of their own, and so has the other side of a tunnel.
    const isUnread = socket.isPaused() && socket.writableLength === 0 && !socket.destroyed && !isTunnel(socket);
    if (!isUnread) return this.delete(socket);
    const { bytesRead: readBytes, bytesWritten: writtenBytes } = socket;
    const mark = this.marks.get(socket);
    if (mark?.readBytes !== readBytes || mark.writtenBytes !== writtenBytes)
      return void this.marks.set(socket, { readBytes, writtenBytes, sinceMs: nowMs });
    const idleMs = nowMs - mark.sinceMs;
    if (idleMs < this.idleMs) return;
    this.onEnded({ protocol: 'http/1.1', pendingBytes: 0, idleMs, isUnread: true }, socket);
    socket.destroy();
  }

  delete(socket: Socket): void {
    this.marks.delete(socket);
  }
}
