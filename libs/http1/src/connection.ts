import type { Socket } from 'node:net';
import { connectionClock } from './coarse-clock.js';
import { connectionClosed, overdue, type Stage } from './connection-errors.js';
import type { Exchange } from './exchange.js';
import type { Http1Error } from './http1-error.js';
import { keepReadingAfterFailedWrites } from './failed-writes.js';
import { openSocket, type Http1Origin, type Http1TlsOptions } from './origin-socket.js';
import type { ResponseHead } from './response-head.js';
import { ResponseParser, type ResponseSink } from './response-parser.js';
import { sendRequest } from './send-request.js';
import type { Upload, UploadEvents } from './upload.js';

/** What a connection tells the pool that it belongs to. */
export interface ConnectionOwner {
  /** It may carry another exchange. */
  onIdle(connection: Connection): void;
  /** It is of no more use. Comes once. */
  onGone(connection: Connection): void;
}

/** What a connection is made with. */
export interface ConnectionOptions {
  origin: Http1Origin;
  tls: Http1TlsOptions;
  connectTimeoutMs: number;
  /**
   * What everything is read into, shared with other connections; absent for one that may change its protocol. Not for
   * TLS.
   */
  inbox?: Buffer;
}

/** How long what an origin has sent before it closed may take to be read. */
const LAST_WORDS_MS = 2_000;

/** `exchange`: what it carries, or will carry once it is open. */
type State = { readonly at: 'opening' | 'open'; exchange?: Exchange } | { readonly at: 'gone' };

const GONE: State = { at: 'gone' };

/** How a socket broke, until it is closed. */
interface Breakage {
  readonly cause: Error;
  /** Whether that was before the request's body had ended. */
  readonly isUploadCut: boolean;
}

/** One socket and the exchange on it. */
export class Connection implements ResponseSink, UploadEvents {
  /** When what is waited for must have come, on the clock of the connections. */
  deadlineMs: number;
  /** The head of the last answer. */
  private answer?: ResponseHead;
  private state: State = { at: 'opening', exchange: undefined };
  /** The rest of the request's body. */
  private upload?: Upload;
  private breakage?: Breakage;
  private readonly parser = new ResponseParser(this);
  private readonly socket: Socket;
  private readonly isLent: boolean;
  /** Whether the socket stays when a write fails. */
  private isKept = false;
  /** Whether it carries one user's requests only: it ends with this exchange. */
  private isBound = false;

  constructor(
    private readonly owner: ConnectionOwner,
    { origin, tls, connectTimeoutMs, inbox }: ConnectionOptions,
  ) {
    this.deadlineMs = connectionClock.deadlineIn(connectTimeoutMs);
    this.isLent = inbox !== undefined;
    this.socket = openSocket(origin, tls, inbox && { buffer: inbox, callback: this.onRead });
    this.socket.once(origin.isSecure ? 'secureConnect' : 'connect', this.onOpen);
    this.socket.on('end', this.onFinish).on('error', this.onBroken).on('close', this.onClosed);
    if (!inbox) this.socket.on('data', this.onData);
  }

  /** Seconds of idleness after which the origin says it closes; Infinity when it doesn't say. */
  get keepAliveSeconds(): number {
    return this.answer?.keepAliveSeconds ?? Infinity;
  }

  /** Sends the request at once or as soon as it is open. Only on one that has no exchange. */
  run(exchange: Exchange): void {
    const { state } = this;
    if (state.at === 'gone') return exchange.fail(connectionClosed('connecting', undefined));
    state.exchange = exchange;
    exchange.connection = this;
    if (state.at === 'open') this.send(exchange);
    else exchange.handler.onConnecting?.();
  }

  /** What was waited for has not come: the next request, the connection or an answer. */
  expire(): void {
    if (this.exchange)
      this.fail(this.breakage ? connectionClosed(this.stage, this.breakage.cause) : overdue(this.stage));
    else this.destroy();
  }

  setReading(isReading: boolean): void {
    if (isReading) this.socket.resume();
    else this.socket.pause();
  }

  /** Ends the connection, and the exchange on it if there is one. */
  fail(error: Error): void {
    const { exchange } = this;
    this.destroy();
    exchange?.fail(error);
  }

  /** Ends the connection; the exchange on it is told nothing. */
  destroy(): void {
    this.leave();
    this.socket.destroy();
  }

  onHead(head: ResponseHead): void {
    this.answer = head;
    this.isBound ||= head.isBound;
    this.deadlineMs = Infinity;
    if (!this.parser.isSwitched) this.exchange?.handler.onHeaders(head.statusCode, head.rawHeaders);
  }

  onInformation({ statusCode, rawHeaders, isBound }: ResponseHead): void {
    this.isBound ||= isBound;
    this.exchange?.handler.onInformation?.(statusCode, rawHeaders);
  }

  onContent(buffer: Buffer, start: number, end: number): void {
    this.exchange?.handler.onData(this.isLent ? copyOf(buffer, start, end) : buffer.subarray(start, end));
  }

  onBlocked(isBlocked: boolean): void {
    if (this.breakage) return;
    if (isBlocked) this.expectHeaders();
    else this.deadlineMs = Infinity;
  }

  onSent(): void {
    this.upload = undefined;
    this.expectHeaders();
  }

  onFailed(error: Http1Error): void {
    this.fail(error);
  }

  private send(exchange: Exchange): void {
    const { method, upgrade } = exchange.request;
    exchange.wasSent = true;
    this.answer = undefined;
    this.isBound = exchange.head.isBound;
    if (exchange.request.body !== null && !this.isKept) {
      this.isKept = true;
      keepReadingAfterFailedWrites(this.socket, this.onWriteFailed);
    }
    this.parser.begin({ isHead: method === 'HEAD', isUpgrade: upgrade !== null });
    this.upload = sendRequest(this.socket, exchange, this);
    if (!this.upload) return this.expectHeaders();
    this.deadlineMs = Infinity; // its body may take its time
    this.upload.begin();
  }

  private expectHeaders(): void {
    const timeoutMs = this.exchange?.request.headersTimeoutMs ?? 0;
    this.deadlineMs = this.answer || timeoutMs === 0 ? Infinity : connectionClock.deadlineIn(timeoutMs);
  }

  private get exchange(): Exchange | undefined {
    return this.state.at === 'gone' ? undefined : this.state.exchange;
  }

  private readonly onOpen = (): void => {
    const { exchange } = this;
    this.state = { at: 'open', exchange };
    if (!exchange) return;
    exchange.handler.onConnected?.();
    this.send(exchange);
  };

  private readonly onRead = (length: number, buffer: Uint8Array): boolean => {
    this.receive(buffer as Buffer, length);
    return true;
  };

  private readonly onData = (chunk: Buffer): void => this.receive(chunk, chunk.length);

  private receive(buffer: Buffer, end: number): void {
    if (!this.exchange) return this.destroy(); // nobody asked: it would be taken for the answer to the next request
    if (this.socket.writableCorked > 0)
      // the request still waits for its batch
      return this.fail(connectionClosed('waiting', new Error('it sent data before a request')));
    let at: number;
    try {
      at = this.parser.execute(buffer, end);
    } catch (error) {
      return this.fail(error as Error);
    }
    if (!this.exchange) return; // its handler broke off
    if (this.parser.isComplete) this.complete(this.exchange, at === end);
    else if (this.parser.isSwitched) this.handOver(this.exchange, buffer.subarray(at, end));
  }

  /**
   * @param isExact whether nothing came behind the answer: that, too, would be taken for the answer to the next request
   */
  private complete(exchange: Exchange, isExact: boolean): void {
    if (isExact && this.isReusable) this.rest(exchange);
    else this.destroy();
    exchange.end();
  }

  private get isReusable(): boolean {
    return (
      this.answer?.isPersistent === true &&
      !this.isBound &&
      !this.upload &&
      !this.breakage &&
      this.socket.writableLength === 0
    );
  }

  private rest(exchange: Exchange): void {
    if (this.state.at === 'open') this.state.exchange = undefined;
    if (exchange.paused) this.socket.resume(); // what it says while idle must be heard
    this.owner.onIdle(this);
  }

  private handOver(exchange: Exchange, head: Buffer): void {
    const { socket, answer } = this;
    socket
      .off('data', this.onData)
      .off('end', this.onFinish)
      .off('error', this.onBroken)
      .off('close', this.onClosed)
      .pause();
    this.leave();
    exchange.upgrade(answer as ResponseHead, socket, head);
  }

  private readonly onFinish = (): void => {
    const { exchange } = this;
    if (!exchange?.wasSent || this.breakage || !this.parser.finish()) return this.onClosed();
    this.destroy();
    exchange.end();
  };

  /** The origin takes no more. What it has sent before comes now, and then the end of the connection. */
  private readonly onWriteFailed = (error: Error): void => {
    this.breakage = { cause: this.breakage?.cause ?? error, isUploadCut: true };
    this.upload?.stop();
    this.upload = undefined;
    if (!this.answer) this.deadlineMs = connectionClock.deadlineIn(LAST_WORDS_MS);
  };

  private readonly onBroken = (error: Error): void => {
    const { cause = error, isUploadCut = false } = this.breakage ?? {};
    this.breakage = { cause, isUploadCut: isUploadCut || this.upload !== undefined };
  };

  private readonly onClosed = (): void => {
    const { exchange } = this;
    if (!exchange) return this.destroy();
    if (!this.isRefusal || !this.parser.finish()) return this.fail(connectionClosed(this.stage, this.breakage?.cause));
    this.destroy();
    exchange.end();
  };

  /**
   * Whether the origin has said what is wrong with a request in place of reading it to its end. Its system resets the
   * connection then, so that a reset says nothing of such an answer; any other that ends with its connection may have
   * been cut by it.
   */
  private get isRefusal(): boolean {
    return this.breakage?.isUploadCut === true && (this.answer?.statusCode ?? 0) >= 400;
  }

  private get stage(): Stage {
    if (!this.exchange?.wasSent) return 'connecting';
    return this.parser.isUntouched ? 'waiting' : 'answering';
  }

  private leave(): void {
    if (this.state.at === 'gone') return;
    this.state = GONE;
    this.upload?.stop();
    this.owner.onGone(this);
  }
}

/** A copy in memory of its own. */
function copyOf(buffer: Buffer, start: number, end: number): Buffer {
  const copy = Buffer.allocUnsafe(end - start);
  buffer.copy(copy, 0, start, end);
  return copy;
}
