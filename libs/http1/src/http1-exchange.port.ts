import type { Duplex, Readable } from 'node:stream';
import type { Http1Error } from './http1-error.js';

/** One request, without fields that concern the client's connection only. */
export interface Http1Request {
  method: string;
  /** Origin form: path and query. */
  path: string;
  /**
   * Name, value, name, value, …; sent in this order, as Latin-1. A missing Host is added. Must not contain Connection,
   * Keep-Alive, Upgrade, Transfer-Encoding, which this client sets, and Expect.
   */
  headers: readonly string[];
  /**
   * A stream is sent with the Content-Length of the headers, or else chunked. It is read, never ended; the caller ends
   * it. Several buffers are one body, in this order.
   */
  body: Buffer | readonly Buffer[] | Readable | null;
  /** Requests a switch of protocols. Such a request has no body, and gets a connection of its own. */
  upgrade: 'websocket' | null;
  /**
   * Longest time from the end of the request to the end of the answer's head, and longest time for the origin to accept
   * a piece of the body. 0: no limit.
   */
  headersTimeoutMs: number;
}

/** Controls an exchange. Calls after its end have no effect. */
export interface Http1Controller {
  /** Whether the answer is paused. */
  readonly paused: boolean;
  /** Stops reading. Data that was read already, at most 64 KiB, still reaches the handler. */
  pause(): void;
  resume(): void;
  /** Breaks off the exchange and its connection. `onError` receives the reason at once. */
  abort(reason?: Error): void;
}

/**
 * Receives the events of one exchange. Exactly one of `onEnd`, `onError` and `onUpgrade` is called, as the last event.
 * An error thrown by `onInformation`, `onHeaders` or `onData` ends the exchange, and `onError` receives it.
 */
export interface Http1Handler {
  /** Called first, before the exchange has a connection. */
  onStart?(controller: Http1Controller): void;
  /** Called if no connection is free and the pool opens one. */
  onConnecting?(): void;
  /** Called when that connection is open and the request is sent. */
  onConnected?(): void;
  /**
   * The head of an informational answer before the final one (RFC 9110 section 15.2), such as 102 or 103; never 100 or
   * 101.
   */
  onInformation?(statusCode: number, rawHeaders: string[]): void;
  /** The head of the final answer: status 200 to 999. */
  onHeaders(statusCode: number, rawHeaders: string[]): void;
  /** A piece of the content, without transfer coding. The handler may keep the buffer. */
  onData(chunk: Buffer): void;
  /** The answer is complete. */
  onEnd(): void;
  /** @param wasSent whether the origin may have received any of the request */
  onError(error: Http1Error | Error, facts: { wasSent: boolean }): void;
  /**
   * The origin has switched protocols (101). The handler now owns the socket, which is paused and has no listeners;
   * `head` was read from it already.
   */
  onUpgrade(statusCode: number, rawHeaders: string[], socket: Duplex, head: Buffer): void;
}
