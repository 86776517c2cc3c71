import type { IncomingMessage } from 'node:http';

/** How long a client that was answered early may go on sending. */
const LINGER_MS = 10_000;

/**
 * Reads and forgets what is left of a request that was answered before its end (413, say). Closing instead would reset
 * the connection while the client still sends, and the answer would be lost with it (RFC 9112 section 9.6).
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request
    .once('close', () => clearTimeout(timer))
    .once('end', () => clearTimeout(timer))
    .resume();
}
