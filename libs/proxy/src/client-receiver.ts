import type { ServerResponse } from 'node:http';
import { breakOff, sendHead } from '@slipstream/http';
import type { Receiver } from './receiver.port.js';

/** Up to here copying a piece costs less than sending it apart. */
const TEXT_MAX_BYTES = 16 * 1024;

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

  /**
   * Node sends a small first piece, when it is text, together with the head. Uncorking then sends both in one plain write;
   * left corked, they would go with the empty piece that `end` adds, in a gathering write that costs twice as much.
   */
  write(chunk: Buffer): boolean {
    const { response } = this;
    if (this.#hasBegun || chunk.length > TEXT_MAX_BYTES) return this.#taken(response.write(chunk));
    this.#hasBegun = true;
    const isTaken = response.write(chunk.toString('latin1'), 'latin1');
    response.socket?.uncork();
    return this.#taken(isTaken);
  }

  /** The head goes with the first piece of the body if that is here already, else at once: an event stream's client waits for it. */
  flush(): void {
    if (!this.#hasBegun) this.response.flushHeaders();
  }

  end(): void {
    this.response.end();
  }

  /** Breaks the connection, so that half of an answer is never taken for the whole. */
  breakOff(): void {
    breakOff(this.response);
  }

  #taken(isTaken: boolean): boolean {
    if (!isTaken) this.response.once('drain', () => this.onWritable?.());
    return isTaken;
  }
}
