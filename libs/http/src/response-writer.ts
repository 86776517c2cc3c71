import type { ServerResponse } from 'node:http';
import { breakOff } from './break-off.js';
import { endResponse } from './end-response.js';
import type { RawHeaders } from './end-to-end-headers.js';
import { sendHead } from './send-head.js';
import { sendInformation } from './send-information.js';
import { writeFirst } from './write-first.js';

/**
 * Writes one answer to a client, from a backend or a cache, in as few packets as possible. The caller sets the pace.
 */
export class ResponseWriter {
  private hasContent = false;

  constructor(protected readonly response: ServerResponse) {}

  /** Sends an informational answer before the head. @param headers flat, end-to-end */
  inform(statusCode: number, headers: RawHeaders): void {
    sendInformation(this.response, statusCode, headers);
  }

  /**
   * @param headers flat, end-to-end
   * @throws Error if a field can't be sent; another head may be sent then
   */
  begin(statusCode: number, headers: RawHeaders): void {
    sendHead(this.response, statusCode, headers);
  }

  /**
   * @param onTaken called when the client has accepted the chunk, or has left
   * @returns false if the response's own buffer is full: `drain` follows
   */
  write(chunk: Buffer, onTaken?: (error?: Error | null) => void): boolean {
    if (this.hasContent) return this.response.write(chunk, onTaken);
    this.hasContent = true;
    return writeFirst(this.response, chunk, onTaken);
  }

  /** Sends the head if no content has gone with it, because the client of an event stream waits for it. */
  flush(): void {
    if (!this.hasContent) this.response.flushHeaders();
  }

  end(): void {
    endResponse(this.response);
  }

  /** Breaks the connection, so that an incomplete answer never looks complete. */
  breakOff(): void {
    breakOff(this.response);
  }
}
