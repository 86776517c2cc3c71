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

/** The pool of a connection, which receives its events. */
export interface ConnectionOwner {
  /** Called when the connection can carry another exchange. */
  onIdle(connection: Connection): void;
  /** Called once, when the connection can't be used any more. */
  onGone(connection: Connection): void;
}

/** Options of a connection. */
export interface ConnectionOptions {
  origin: Http1Origin;
  tls: Http1TlsOptions;
  connectTimeoutMs: number;
  /**
   * Buffer for all reads, shared with other connections. Absent for TLS, and for a connection that may change its
   * protocol.
   */
  inbox?: Buffer;
  /** Called with the socket of each new connection. */
  onSocket?: (socket: Socket) => void;
}

/** Longest time for reading the data that an origin sent before it closed. */
const LAST_WORDS_MS = 2_000;

type State = 'opening' | 'open' | 'gone';

/** Cause of a socket's failure, kept until the socket is closed. */
interface Breakage {
  readonly cause: Error;
  /** Whether the request's body was incomplete then. */
  readonly isUploadCut: boolean;
}

/** One socket and the exchange on it. */
export class Connection implements ResponseSink, UploadEvents {
  /** Deadline for the next expected event, on the clock of the connections. */
  deadlineMs: number;
  /** The head of the current answer, until the connection is idle. */
  private answer?: ResponseHead;
  private state: State = 'opening';
  /**
   * The current exchange, or the first one while the connection opens. Do not put it into an object that is replaced:
   * such an object may die in the old generation, where it keeps the whole request until that is collected.
   */
  private exchange?: Exchange = undefined;
  /** The rest of the request's body. */
  private upload?: Upload;
  private breakage?: Breakage;
  private readonly parser = new ResponseParser(this);
  private readonly socket: Socket;
  private readonly isLent: boolean;
  /** Whether the socket stays open if a write fails. */
  private isKept = false;
  /** Whether the connection is bound to one user. It ends with this exchange then. */
  private isBound = false;

  constructor(
    private readonly owner: ConnectionOwner,
    { origin, tls, connectTimeoutMs, inbox, onSocket }: ConnectionOptions,
  ) {
    this.deadlineMs = connectionClock.deadlineIn(connectTimeoutMs);
    this.isLent = inbox !== undefined;
    this.socket = openSocket(origin, tls, inbox && { buffer: inbox, callback: this.onRead });
    this.socket.once(origin.isSecure ? 'secureConnect' : 'connect', this.onOpen);
    this.socket.on('end', this.onFinish).on('error', this.onBroken).on('close', this.onClosed);
    if (!inbox) this.socket.on('data', this.onData);
    onSocket?.(this.socket);
  }

  /**
   * Seconds of idleness after which the origin closes the connection, by its own announcement; Infinity without one.
   */
  get keepAliveSeconds(): number {
    return this.answer?.keepAliveSeconds ?? Infinity;
  }

  /** Sends the request now, or once the connection is open. Only for a connection without an exchange. */
  run(exchange: Exchange): void {
    if (this.state === 'gone') return exchange.fail(connectionClosed('connecting', undefined));
    this.exchange = exchange;
    exchange.connection = this;
    if (this.state === 'open') this.send(exchange);
    else exchange.handler.onConnecting?.();
  }

  /** Ends the connection because the next request, the connection itself or an answer did not come in time. */
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

  /** Ends the connection without a call to the handler of its exchange. */
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
    this.deadlineMs = Infinity; // the body may take longer
    this.upload.begin();
  }

  private expectHeaders(): void {
    const timeoutMs = this.exchange?.request.headersTimeoutMs ?? 0;
    this.deadlineMs = this.answer || timeoutMs === 0 ? Infinity : connectionClock.deadlineIn(timeoutMs);
  }

  private readonly onOpen = (): void => {
    const { exchange } = this;
    this.state = 'open';
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
    if (!this.exchange) return this.destroy(); // no request is open: the data would count as the answer to the next one
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

  /** @param isExact whether no data followed the answer; such data would count as the answer to the next request */
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
    this.exchange = undefined;
    if (exchange.paused) this.socket.resume(); // data of an idle connection must be noticed
    this.owner.onIdle(this);
    this.answer = undefined;
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

  /** The origin accepts no more data. The data that it sent before arrives now, and then the end of the connection. */
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
   * Whether the origin answered with an error before it read the whole request. Its system then resets the connection,
   * and the reset does not make the answer incomplete. Any other answer that ends with its connection may have been cut
   * off by a reset.
   */
  private get isRefusal(): boolean {
    return this.breakage?.isUploadCut === true && (this.answer?.statusCode ?? 0) >= 400;
  }

  private get stage(): Stage {
    if (!this.exchange?.wasSent) return 'connecting';
    return this.parser.isUntouched ? 'waiting' : 'answering';
  }

  private leave(): void {
    if (this.state === 'gone') return;
    this.state = 'gone';
    this.exchange = undefined;
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
