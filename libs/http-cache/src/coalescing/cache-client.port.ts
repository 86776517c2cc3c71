import type { ServerResponse } from 'node:http';
import type { CacheOutcome } from '../cache-observer.port.js';
import type { OriginFetch } from './origin-fetch.port.js';

/** A request that bypasses the cache. */
export interface Passage {
  /**
   * Receives the answer's head before it is sent. Adds Cache-Status, and drops the responses that an unsafe request
   * invalidates (RFC 9111 section 4.4). Not called if there is no answer.
   *
   * @param headers for the client; flat
   */
  onHead(statusCode: number, headers: string[]): void;
}

/**
 * A client, and the path of its request to the origin. Exactly one result follows: an answer, a passage, or a failure.
 */
export interface CacheClient {
  readonly response: ServerResponse;
  /**
   * Sends a GET for the cache, with the same target as the client's request. The client may already have its answer, or
   * may leave while others wait. So the fetch must not end with `response`.
   */
  fetch(fetch: OriginFetch): void;
  /** Forwards the request with its content, and the answer, past the cache. */
  pass(passage: Passage): void;
  /** Called once, before the answer begins. */
  onOutcome?(outcome: CacheOutcome): void;
  /**
   * Called before the head is written; may add fields. `isShared`: other clients get this answer too, so
   * client-specific fields are not allowed.
   */
  onHead?(statusCode: number, headers: string[], isShared: boolean): void;
  /** There is no answer, and nothing was sent. */
  onFailed(error: unknown): void;
  /**
   * Called at the end of an answer of the cache: it is complete, was broken off, or the client has left. Not called
   * after a failure or a passage.
   */
  onDone?(): void;
}
