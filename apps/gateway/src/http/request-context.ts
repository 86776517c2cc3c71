import type { IncomingMessage } from 'node:http';
import type { RequestContext } from '@slipstream/http';

/**
 * On the request itself: a map from requests would cost every request an entry, and every garbage collection a walk.
 */
const CONTEXT = Symbol('request context');
type Known = IncomingMessage & { [CONTEXT]?: RequestContext };

export const setContext = (request: Known, context: RequestContext): void => void (request[CONTEXT] = context);

/** What the listener found out, if the request came through it. */
export const findContext = (request: Known): RequestContext | undefined => request[CONTEXT];

/** @throws Error when the request did not come through the listener, which is a fault of ours */
export function contextOf(request: IncomingMessage): RequestContext {
  const context = findContext(request);
  if (!context) throw new Error('This request did not come through the listener.');
  return context;
}
