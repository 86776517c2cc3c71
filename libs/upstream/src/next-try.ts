import { isClosed, isRefusedHere } from './failures.js';

/** A try at a backend that ended before an answer began. */
export interface FailedTry {
  error: unknown;
  /** Whether the backend may have received any of the request. */
  wasSent: boolean;
  method: string;
  /** Whether its content, if any, can be sent again. */
  isReplayable: boolean;
  /** Number of times that it was sent, including this one. */
  tries: number;
  /** Largest number of times that it may be sent. */
  maxTries: number;
  /** Whether this try already repeated one whose connection had closed. */
  wasResent: boolean;
}

/**
 * Target of the next try: none, only a backend not tried yet, or preferably such a one and otherwise the same again.
 */
export type NextTry = 'none' | 'another' | 'any';

/** RFC 9110 section 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/**
 * Decides what may follow a failed try. A request that was never sent may always be tried again. A request that met a
 * closing connection is sent once more if that is safe (RFC 9110 section 9.2.2, RFC 9112 section 9.3.1). After a
 * timeout, the client's time is used up. After an answer without HTTP, the next backend would answer likewise.
 */
export function nextTry({ error, wasSent, method, isReplayable, tries, maxTries, wasResent }: FailedTry): NextTry {
  if (tries >= maxTries || isRefusedHere(error)) return 'none';
  if (!wasSent) return 'another';
  return isClosed(error) && !wasResent && isReplayable && IDEMPOTENT.has(method) ? 'any' : 'none';
}
