import type { Principal } from '@slipstream/contracts';
import type { SendError } from '@slipstream/http';
import type { Authenticator } from '@slipstream/access';
import type { RequestHandler } from './listener.js';

/**
 * Calls `handle` only for requests with a principal, and puts it into their context.
 * @param refuse answers all others, in the shape of their API
 */
export const guarded =
  (authenticator: Authenticator, handle: RequestHandler, refuse: SendError): RequestHandler =>
  (request, response, context) => {
    const letOn = (principal: Principal): void => {
      context.principal = principal;
      handle(request, response, context);
    };
    void authenticator
      .authenticate(request)
      .then(letOn, (error: unknown) => refuse(response, error, context.requestId));
  };
