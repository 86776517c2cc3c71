import type { IncomingMessage } from 'node:http';
import type { RequestContext } from '@slipstream/http';

/**
 * Stored on the request itself: a map of requests would cost every request an entry, and every garbage collection a
 * scan.
 */
const CONTEXT = Symbol('request context');
type Known = IncomingMessage & { [CONTEXT]?: RequestContext };

export const setContext = (request: Known, context: RequestContext): void => void (request[CONTEXT] = context);

/** Returns the context, if the request came through the listener. */
export const findContext = (request: Known): RequestContext | undefined => request[CONTEXT];

/** @throws Error if the request did not come through the listener, which is a bug */
export function contextOf(request: IncomingMessage): RequestContext {
  const context = findContext(request);
  if (!context) throw new Error('This request did not come through the listener.');
  return context;
}
