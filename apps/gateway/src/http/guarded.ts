import type { ServerResponse } from 'node:http';
import type { Principal } from '@slipstream/contracts';
import type { Authenticator } from '@slipstream/access';
import type { RequestHandler } from './listener.js';
import type { RequestContext } from './request-context.js';

/**
 * Lets a request on to `handle` only with a principal, which is then in its context.
 * @param refuse tells the others, in the words of their API
 */
export const guarded =
  (
    authenticator: Authenticator,
    handle: RequestHandler,
    refuse: (response: ServerResponse, error: unknown, context: RequestContext) => void,
  ): RequestHandler =>
  (request, response, context) => {
    const letOn = (principal: Principal): void => {
      context.principal = principal;
      handle(request, response, context);
    };
    void authenticator.authenticate(request).then(letOn, (error: unknown) => refuse(response, error, context));
  };
