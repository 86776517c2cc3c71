import type { Socket } from 'node:net';
import { CLIENT_LEFT } from './client-left.js';
import type { ObservedRequest } from './request-observer.js';

/** A WebSocket handshake. It is counted when it is answered, and logged when its connection ends. */
export class ObservedHandshake {
  private status = CLIENT_LEFT;
  private isAnswered = false;
  private readonly bytesBefore: number;

  constructor(
    private readonly observed: ObservedRequest,
    private readonly socket: Socket,
  ) {
    this.bytesBefore = socket.bytesWritten;
    if (socket.closed) this.log();
    else socket.once('close', () => this.log());
  }

  answered(status: number): void {
    this.observed.answered(status);
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.status = status;
    const { timeline } = this.observed;
    timeline?.answers();
    if (timeline) timeline.isStream = status === 101;
  }

  private log(): void {
    const { status, socket, observed } = this;
    observed.answered(status);
    if (observed.timeline) observed.timeline.writtenBytes = socket.bytesWritten - this.bytesBefore;
    observed.log(status, status === CLIENT_LEFT ? 'client-left' : 'complete', undefined, 'websocket');
  }
}
