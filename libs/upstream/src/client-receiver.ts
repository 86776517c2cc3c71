import type { ServerResponse } from 'node:http';
import { markEventStream, ResponseWriter, type RawHeaders, type Receiver } from '@slipstream/http';
import { ResponseBuffer, type ResponseBuffers } from './response-buffers.js';

/**
 * A client that receives an answer. Data that the client does not accept at once waits in a buffer, as long as that has
 * room.
 */
export class ClientReceiver extends ResponseWriter implements Receiver {
  onGone?: (violation?: unknown) => void;
  onWritable?: () => void;
  private buffer?: ResponseBuffer;

  constructor(
    response: ServerResponse,
    private readonly buffers: ResponseBuffers,
    /** Answers the client with an error. */
    readonly refuse: (error: unknown) => void,
  ) {
    super(response);
    response.once('close', () => this.onGone?.());
  }

  get isGone(): boolean {
    return this.response.destroyed;
  }

  override begin(statusCode: number, headers: RawHeaders, isEventStream = false): void {
    super.begin(statusCode, headers);
    if (isEventStream) markEventStream(this.response);
  }

  override write(chunk: Buffer): boolean {
    if (super.write(chunk) || (this.buffer ??= new ResponseBuffer(this.buffers, this.response)).hasRoom()) return true;
    this.response.once('drain', () => this.onWritable?.());
    return false;
  }
}
