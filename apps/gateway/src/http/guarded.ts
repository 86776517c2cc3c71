import type { ServerResponse } from 'node:http';
import type { Authenticator } from './authenticator.js';
import type { RequestHandler } from './listener.js';
import type { RequestContext } from './request-context.js';

/**
 * Lets a request on to `handle` only with a principal, which is then in its context.
 * @param refuse tells the others, in the words of their API
 */
export const guarded =
  (authenticator: Authenticator, handle: RequestHandler, refuse: (response: ServerResponse, error: unknown, context: RequestContext) => void): RequestHandler =>
  (request, response, context) => {
    try {
      context.principal = authenticator.authenticate(request);
    } catch (error) {
      return refuse(response, error, context);
    }
    handle(request, response, context);
  };
