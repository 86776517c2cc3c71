import type { Socket } from 'node:net';
import { Http1Error } from './http1-error.js';
import type { Http1Controller, Http1Handler, Http1Request } from './http1-exchange.port.js';
import type { RequestHead } from './request-head.js';
import type { ResponseHead } from './response-head.js';

/** Actions of an exchange on its connection. */
interface ExchangeConnection {
  setReading(isReading: boolean): void;
  fail(reason: Error): void;
}

/**
 * One request and its answer. The handler gets this object instead of the connection, so it cannot affect the next
 * exchange.
 */
export class Exchange implements Http1Controller {
  paused = false;
  isOver = false;
  /** Whether the origin may have received any of the request. */
  wasSent = false;
  /** Absent before the exchange has a connection, and after its end. */
  connection?: ExchangeConnection;

  constructor(
    readonly request: Http1Request,
    readonly head: RequestHead,
    readonly handler: Http1Handler,
  ) {}

  pause(): void {
    if (this.isOver || this.paused) return;
    this.paused = true;
    this.connection?.setReading(false);
  }

  resume(): void {
    if (this.isOver || !this.paused) return;
    this.paused = false;
    this.connection?.setReading(true);
  }

  abort(reason: Error = new Http1Error('http1_aborted', 'The caller aborted the exchange.')): void {
    if (this.isOver) return;
    if (this.connection) this.connection.fail(reason);
    else this.fail(reason);
  }

  /** The last event of its handler. */
  upgrade({ statusCode, rawHeaders }: ResponseHead, socket: Socket, head: Buffer): void {
    this.isOver = true;
    this.connection = undefined;
    this.handler.onUpgrade(statusCode, rawHeaders, socket, head);
  }

  /** The last event of its handler. */
  end(): void {
    this.isOver = true;
    this.connection = undefined;
    this.handler.onEnd();
  }

  /** The last event of its handler. */
  fail(error: Error): void {
    this.isOver = true;
    this.connection = undefined;
    this.handler.onError(error, { wasSent: this.wasSent });
  }
}
