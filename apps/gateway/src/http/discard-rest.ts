import type { IncomingMessage } from 'node:http';

/** Time for which a client may continue to send after an early answer. */
const LINGER_MS = 10_000;

/**
 * Reads and discards the rest of a request that got an early answer (413, for example). Closing instead would reset the
 * connection while the client sends, and lose the answer (RFC 9112 section 9.6).
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request
    .once('close', () => clearTimeout(timer))
    .once('end', () => clearTimeout(timer))
    .resume();
}
