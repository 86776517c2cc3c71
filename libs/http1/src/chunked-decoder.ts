import { malformed, tooLarge } from './http1-error.js';

/** Receives a range of content within a buffer. */
export type OnContent = (buffer: Buffer, start: number, end: number) => void;

/** A size and its extensions (RFC 9112 section 7.1); the digits stay below 2^53. */
const SIZE_LINE =
  /^([0-9A-Fa-f]{1,13})(?:;[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*"))?)*\r\n$/;
const TRAILER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n$/;
const SIZE_LINE_MAX_BYTES = 1024;
/** Limit for the extensions of all chunks, and for all trailer fields. They are read and dropped. */
const EXTENSIONS_MAX_BYTES = 16 * 1024;
const TRAILER_MAX_BYTES = 16 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** Decodes chunked content from pieces of any size. Extensions and trailer fields are validated and dropped. */
export class ChunkedDecoder {
  private state: 'size' | 'data' | 'data-cr' | 'data-lf' | 'trailer' | 'done' = 'size';
  /** Bytes of the chunk that have not arrived. */
  private remaining = 0;
  /** Start of a line whose end has not arrived. */
  private line = '';
  private extensionBytes = 0;
  private trailerBytes = 0;

  get isDone(): boolean {
    return this.state === 'done';
  }

  /** Prepares the decoder for another answer. */
  reset(): void {
    this.state = 'size';
    this.line = '';
    this.extensionBytes = 0;
    this.trailerBytes = 0;
  }

  /**
   * @returns the position where it stopped: the end of the buffer, or the position after the last byte of the content
   * @throws Http1Error `http1_malformed`, `http1_head_too_large`
   */
  decode(buffer: Buffer, start: number, end: number, onContent: OnContent): number {
    let at = start;
    while (at < end && this.state !== 'done') {
      if (this.state === 'data') at = this.data(buffer, at, end, onContent);
      else if (this.state === 'data-cr' || this.state === 'data-lf') at = this.dataEnd(buffer, at);
      else at = this.lineEnd(buffer, at, end);
    }
    return at;
  }

  private data(buffer: Buffer, at: number, end: number, onContent: OnContent): number {
    const stop = Math.min(end, at + this.remaining);
    this.remaining -= stop - at;
    if (this.remaining === 0) this.state = 'data-cr';
    onContent(buffer, at, stop);
    return stop;
  }

  private dataEnd(buffer: Buffer, at: number): number {
    if (buffer[at] !== (this.state === 'data-cr' ? CR : LF)) throw malformed('a chunk is longer than its chunk size');
    this.state = this.state === 'data-cr' ? 'data-lf' : 'size';
    return at + 1;
  }

  private lineEnd(buffer: Buffer, at: number, end: number): number {
    const max = this.state === 'size' ? SIZE_LINE_MAX_BYTES : TRAILER_MAX_BYTES;
    const stop = Math.min(end, at + max + 1 - this.line.length);
    const found = buffer.subarray(at, stop).indexOf(LF);
    const next = found < 0 ? stop : at + found + 1;
    const line = this.line + buffer.toString('latin1', at, next);
    if (line.length > max)
      throw this.state === 'size'
        ? malformed('the line of a chunk size is too long')
        : tooLarge('trailer', `${max} bytes`);
    this.line = found < 0 ? line : '';
    if (found >= 0) this.endLine(line);
    return next;
  }

  private endLine(line: string): void {
    if (this.state === 'size') this.beginChunk(line);
    else this.endTrailerLine(line);
  }

  private beginChunk(line: string): void {
    const digits = SIZE_LINE.exec(line)?.[1];
    if (digits === undefined) throw malformed('the line of a chunk size is malformed');
    this.extensionBytes += line.length - digits.length - 2;
    if (this.extensionBytes > EXTENSIONS_MAX_BYTES) throw malformed('its chunks have too many extensions');
    this.remaining = Number.parseInt(digits, 16);
    this.state = this.remaining === 0 ? 'trailer' : 'data';
  }

  private endTrailerLine(line: string): void {
    if (line === '\r\n') return void (this.state = 'done');
    if (!TRAILER_LINE.test(line)) throw malformed('a line of its trailer is not a header field');
    this.trailerBytes += line.length;
    if (this.trailerBytes > TRAILER_MAX_BYTES) throw tooLarge('trailer', `${TRAILER_MAX_BYTES} bytes`);
  }
}
