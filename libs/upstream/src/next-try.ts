import { isClosed, isRefusedHere } from './failures.js';

/** A try at a backend that ended before an answer began. */
export interface FailedTry {
  error: unknown;
  /** Whether the backend may have seen any of the request. */
  wasSent: boolean;
  method: string;
  /** Whether its content, if it has any, can be sent again. */
  isReplayable: boolean;
  /** How often it went out, this time included. */
  tries: number;
  /** How often it may go out. */
  maxTries: number;
  /** Whether this try was already one more for a connection that had closed. */
  wasResent: boolean;
}

/** Where to go on: nowhere, only to a backend not tried yet, or there if possible and else to the same again. */
export type NextTry = 'none' | 'another' | 'any';

/** RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/**
 * What may follow a failed try. A request that was never sent is nobody's yet, whatever it asks. One that met a
 * connection just closing goes out once more if that can do no harm (RFC 9110 section 9.2.2, RFC 9112 section 9.3.1). A
 * silence has used up the client's time, and an answer that is no HTTP would be none from the next backend either.
 */
export function nextTry({ error, wasSent, method, isReplayable, tries, maxTries, wasResent }: FailedTry): NextTry {
  if (tries >= maxTries || isRefusedHere(error)) return 'none';
  if (!wasSent) return 'another';
  return isClosed(error) && !wasResent && isReplayable && IDEMPOTENT.has(method) ? 'any' : 'none';
}
