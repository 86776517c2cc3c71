import type { ServerResponse } from 'node:http';
import {
  breakOff,
  endResponse,
  markEventStream,
  sendHead,
  sendInformation,
  writeFirst,
  type Receiver,
} from '@slipstream/http';
import { ResponseBuffer, type ResponseBuffers } from './response-buffers.js';

/**
 * A client that gets an answer as it comes, no faster than it takes it; what it does not take at once waits in a buffer
 * as long as that has room.
 */
export class ClientReceiver implements Receiver {
  onGone?: (fault?: unknown) => void;
  onWritable?: () => void;
  private hasBegun = false;
  private buffer?: ResponseBuffer;

  constructor(
    private readonly response: ServerResponse,
    private readonly buffers: ResponseBuffers,
    /** Tells the client of an error. */
    readonly refuse: (error: unknown) => void,
  ) {
    response.once('close', () => this.onGone?.());
  }

  get isGone(): boolean {
    return this.response.destroyed;
  }

  inform(statusCode: number, headers: string[]): void {
    sendInformation(this.response, statusCode, headers);
  }

  begin(statusCode: number, headers: string[], isEventStream: boolean): void {
    sendHead(this.response, statusCode, headers);
    if (isEventStream) markEventStream(this.response);
  }

  write(chunk: Buffer): boolean {
    const isTaken = this.hasBegun ? this.response.write(chunk) : writeFirst(this.response, chunk);
    this.hasBegun = true;
    if (isTaken || (this.buffer ??= new ResponseBuffer(this.buffers, this.response)).hasRoom()) return true;
    this.response.once('drain', () => this.onWritable?.());
    return false;
  }

  /**
   * The head goes with the first piece of the body if that is here already, else at once: an event stream's client
   * waits for it.
   */
  flush(): void {
    if (!this.hasBegun) this.response.flushHeaders();
  }

  end(): void {
    endResponse(this.response);
  }

  /** Breaks the connection, so that half of an answer is never taken for the whole. */
  breakOff(): void {
    breakOff(this.response);
  }
}
