import type { ServerResponse } from 'node:http';
import { breakOff, endResponse, sendHead, writeFirst } from '@slipstream/http';
import type { Receiver } from './receiver.port.js';

/** A client who gets an answer as it comes: unbuffered, and no faster than it takes it. */
export class ClientReceiver implements Receiver {
  onGone?: () => void;
  onWritable?: () => void;
  #hasBegun = false;

  constructor(
    private readonly response: ServerResponse,
    /** Tells the client of an error. */
    readonly refuse: (error: unknown) => void,
  ) {
    response.once('close', () => this.onGone?.());
  }

  get isGone(): boolean {
    return this.response.destroyed;
  }

  begin(statusCode: number, headers: string[]): void {
    sendHead(this.response, statusCode, headers);
  }

  write(chunk: Buffer): boolean {
    const isTaken = this.#hasBegun ? this.response.write(chunk) : writeFirst(this.response, chunk);
    this.#hasBegun = true;
    if (!isTaken) this.response.once('drain', () => this.onWritable?.());
    return isTaken;
  }

  /** The head goes with the first piece of the body if that is here already, else at once: an event stream's client waits for it. */
  flush(): void {
    if (!this.#hasBegun) this.response.flushHeaders();
  }

  end(): void {
    endResponse(this.response);
  }

  /** Breaks the connection, so that half of an answer is never taken for the whole. */
  breakOff(): void {
    breakOff(this.response);
  }
}
