import type { Duplex, Readable } from 'node:stream';
import type { Http1Error } from './http1-error.js';

/** One request, cleaned of what means the client's connection only. */
export interface Http1Request {
  method: string;
  /** Origin form: path and query. */
  path: string;
  /**
   * Name, value, name, value, …; sent in this order, as Latin-1. A missing Host is added. Not among them: Connection,
   * Keep-Alive, Upgrade, Transfer-Encoding (they are this client's to say) and Expect.
   */
  headers: readonly string[];
  /**
   * A stream goes out with the Content-Length of the headers, else chunked. It is only read: ending it is the caller's.
   * Buffers are one body, in this order.
   */
  body: Buffer | readonly Buffer[] | Readable | null;
  /** Asks the origin to switch; such a request gets a connection of its own, and has no body. */
  upgrade: 'websocket' | null;
  /**
   * From the end of the request to the end of the answer's head; also the longest time that a body waits to be taken.
   * 0: for ever.
   */
  headersTimeoutMs: number;
}

/** How a handler steers its exchange; without effect when that is over. */
export interface Http1Controller {
  /** Whether the answer is paused. */
  readonly paused: boolean;
  /** Stops reading. What was read already, at most 64 KiB, still comes. */
  pause(): void;
  resume(): void;
  /** Breaks off, and the connection with it; `onError` is told the reason at once. */
  abort(reason?: Error): void;
}

/**
 * Hears of one exchange. Exactly one of `onEnd`, `onError` and `onUpgrade` comes, and nothing after it. What
 * `onInformation`, `onHeaders` and `onData` throw breaks off, and is told to `onError`.
 */
export interface Http1Handler {
  /** Comes first, before a connection is there. */
  onStart?(controller: Http1Controller): void;
  /** No connection is free; the pool opens one. */
  onConnecting?(): void;
  /** That connection is open, and the request is sent. */
  onConnected?(): void;
  /**
   * The head of an informational answer before the final one (RFC 9110 section 15.2), such as 102 or 103; never 100 or
   * 101.
   */
  onInformation?(statusCode: number, rawHeaders: string[]): void;
  /** The head of the final answer: status 200 to 999. */
  onHeaders(statusCode: number, rawHeaders: string[]): void;
  /** A piece of the content, free of transfer coding. The buffer is the handler's to keep. */
  onData(chunk: Buffer): void;
  /** The answer is complete. */
  onEnd(): void;
  /** @param wasSent whether the origin may have seen any of the request */
  onError(error: Http1Error | Error, facts: { wasSent: boolean }): void;
  /**
   * The origin has switched protocols (101). The socket is paused, without listeners, and the handler's; `head` was
   * read from it already.
   */
  onUpgrade(statusCode: number, rawHeaders: string[], socket: Duplex, head: Buffer): void;
}
