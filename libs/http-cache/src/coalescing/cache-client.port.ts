import type { ServerResponse } from 'node:http';
import type { CacheOutcome } from '../cache-observer.port.js';
import type { OriginFetch } from './origin-fetch.port.js';

/** A request that goes to the origin as if there were no cache. */
export interface Passage {
  /**
   * To be told of the answer's head before it is sent: adds Cache-Status, and drops what an unsafe request has made
   * doubtful (RFC 9111 section 4.4). Not told when there is no answer.
   *
   * @param headers for the client; flat
   */
  onHead(statusCode: number, headers: string[]): void;
}

/**
 * A client, and how its request gets to the origin. Exactly one thing happens: it is answered, passed, or told of a
 * failure.
 */
export interface CacheClient {
  readonly response: ServerResponse;
  /**
   * Makes a GET for the cache, of the same target as the client's request. May be called when the client was answered
   * already, to renew what it was given, or for a client that leaves while others wait: so it must not end with
   * `response`.
   */
  fetch(fetch: OriginFetch): void;
  /** Forwards the request with its content, and the answer, as if there were no cache. */
  pass(passage: Passage): void;
  /** Called once, before the answer begins. */
  onOutcome?(outcome: CacheOutcome): void;
  /**
   * The head is about to be written; may add fields. `isShared`: others get this answer too, so nothing may be added
   * that is this client's own.
   */
  onHead?(statusCode: number, headers: string[], isShared: boolean): void;
  /** There is no answer. Nothing was sent. */
  onFailed(error: unknown): void;
  /**
   * Of a client that the cache answers: it has its answer, was told by breaking off, or has left. Not after a failure
   * or a passage.
   */
  onDone?(): void;
}
