import { ChunkedDecoder } from './chunked-decoder.js';
import { malformed, tooLarge } from './http1-error.js';
import { parseResponseHead, type ResponseHead } from './response-head.js';

/** Receives the parts of one answer. */
export interface ResponseSink {
  /** The final answer's head, or that of an accepted switch of protocols (101). */
  onHead(head: ResponseHead): void;
  /** The head of an informational answer other than 100 and 101. */
  onInformation(head: ResponseHead): void;
  /** A range of content. The buffer is valid during the call only. */
  onContent(buffer: Buffer, start: number, end: number): void;
}

/** Longer heads are refused. Browsers and servers set limits of 8 to 256 KiB. */
const HEAD_MAX_BYTES = 64 * 1024;
/** Size of the first look at a read: most heads are shorter, and most of the data behind them is not text. */
const FIRST_LOOK_BYTES = 4096;
/** Limit for all informational heads of one answer. An origin that exceeds it might send them without end. */
const INFORMATION_MAX_BYTES = 64 * 1024;
/** Answers an expectation that this client never sends. */
const CONTINUE = 100;
const HEAD_END = '\r\n\r\n';
const SWITCHING_PROTOCOLS = 101;

/** Properties of the request that the parsing of its answer depends on. */
export interface ExpectedAnswer {
  isHead: boolean;
  isUpgrade: boolean;
}

type State = 'head' | 'content' | 'chunked' | 'until-close' | 'complete' | 'switched';

/** Parses one answer after another, from pieces of any size, and finds the end of each (RFC 9112). */
export class ResponseParser {
  private state: State = 'complete';
  private expected: ExpectedAnswer = { isHead: false, isUpgrade: false };
  /** Pieces of a head whose end has not arrived. */
  private partial = '';
  /** The last three characters of `partial`, because the end of the head may be split. */
  private partialEnd = '';
  /** Length of the informational heads before the answer. */
  private informationBytes = 0;
  private remaining = 0;
  private readonly decoder = new ChunkedDecoder();
  private readonly onContent: ResponseSink['onContent'];

  constructor(private readonly sink: ResponseSink) {
    this.onContent = (buffer, start, end) => sink.onContent(buffer, start, end);
  }

  /** Whether the answer has ended by its own framing. */
  get isComplete(): boolean {
    return this.state === 'complete';
  }

  /** Whether the data that follows is not HTTP. */
  get isSwitched(): boolean {
    return this.state === 'switched';
  }

  /** Whether no byte of an answer has arrived. */
  get isUntouched(): boolean {
    return this.state === 'head' && this.partial === '' && this.informationBytes === 0;
  }

  begin(expected: ExpectedAnswer): void {
    this.expected = expected;
    this.state = 'head';
    this.informationBytes = 0;
  }

  /**
   * @returns the position where it stopped: `end`, or the position after the last byte of the answer
   * @throws Http1Error `http1_malformed`, `http1_head_too_large`, and any error of the sink
   */
  execute(buffer: Buffer, end: number): number {
    let at = 0;
    while (at < end) {
      if (this.state === 'head') at = this.head(buffer, at, end);
      else if (this.state === 'content') at = this.content(buffer, at, end);
      else if (this.state === 'chunked') at = this.chunked(buffer, at, end);
      else if (this.state === 'until-close') at = this.rest(buffer, at, end);
      else return at;
    }
    return at;
  }

  /** Processes the end of the connection. @returns whether it ends the answer too */
  finish(): boolean {
    if (this.state === 'until-close') this.state = 'complete';
    return this.state === 'complete';
  }

  private head(buffer: Buffer, at: number, end: number): number {
    if (this.partial !== '') return this.headRest(buffer, at, end);
    const stop = Math.min(end, at + HEAD_MAX_BYTES);
    let text = buffer.toString('latin1', at, Math.min(stop, at + FIRST_LOOK_BYTES));
    let found = text.indexOf(HEAD_END);
    if (found < 0 && stop - at > text.length) found = (text = buffer.toString('latin1', at, stop)).indexOf(HEAD_END);
    if (found < 0) return this.keep(text, stop);
    this.endHead(text.slice(0, found + HEAD_END.length));
    return at + found + HEAD_END.length;
  }

  private headRest(buffer: Buffer, at: number, end: number): number {
    const stop = Math.min(end, at + HEAD_MAX_BYTES - this.partial.length);
    const text = buffer.toString('latin1', at, stop);
    const known = this.partialEnd.length;
    const found = (this.partialEnd + text).indexOf(HEAD_END);
    if (found < 0) return this.keep(text, stop);
    const next = found + HEAD_END.length - known;
    const head = this.partial + text.slice(0, next);
    this.partial = this.partialEnd = '';
    this.endHead(head);
    return at + next;
  }

  /** A violation is reported as soon as it is visible: an origin without HTTP may never send the end of a head. */
  private keep(text: string, stop: number): number {
    const seen = this.partialEnd + text;
    this.partial += text;
    this.partialEnd = seen.slice(-3);
    if (this.partial.length < 16 + text.length && !/^H(?:T(?:T(?:P(?:\/(?:1(?:\.[^]*)?)?)?)?)?)?$/.test(this.partial))
      throw malformed('its first line is not a status line of HTTP/1.1');
    if (/[^\r]\n|\r[^\n]/.test(seen)) throw malformed('a line of its head ends without CRLF');
    if (this.partial.length >= HEAD_MAX_BYTES) throw tooLarge('head', `${HEAD_MAX_BYTES} bytes`);
    return stop;
  }

  private endHead(text: string): void {
    const head = parseResponseHead(text, this.expected.isHead);
    if (head.statusCode === SWITCHING_PROTOCOLS) this.switchProtocols(head);
    else if (head.statusCode < 200) this.passInformation(head, text.length);
    else {
      this.beginContent(head.framing);
      this.sink.onHead(head);
    }
  }

  private switchProtocols(head: ResponseHead): void {
    if (!this.expected.isUpgrade) throw malformed('it switches protocols without a request for it');
    this.state = 'switched';
    this.sink.onHead(head);
  }

  private passInformation(head: ResponseHead, length: number): void {
    if (!head.isPersistent) throw malformed('an informational answer before it closes the connection');
    this.informationBytes += length;
    if (this.informationBytes > INFORMATION_MAX_BYTES)
      throw tooLarge('informational answers before it', `${INFORMATION_MAX_BYTES} bytes`);
    if (head.statusCode !== CONTINUE) this.sink.onInformation(head);
  }

  private beginContent(framing: ResponseHead['framing']): void {
    if (framing === 'chunked') this.decoder.reset();
    if (typeof framing !== 'number') return void (this.state = framing);
    this.remaining = framing;
    this.state = framing === 0 ? 'complete' : 'content';
  }

  private content(buffer: Buffer, at: number, end: number): number {
    const stop = Math.min(end, at + this.remaining);
    this.remaining -= stop - at;
    if (this.remaining === 0) this.state = 'complete';
    this.sink.onContent(buffer, at, stop);
    return stop;
  }

  private chunked(buffer: Buffer, at: number, end: number): number {
    const stop = this.decoder.decode(buffer, at, end, this.onContent);
    if (this.decoder.isDone) this.state = 'complete';
    return stop;
  }

  private rest(buffer: Buffer, at: number, end: number): number {
    this.sink.onContent(buffer, at, end);
    return end;
  }
}
