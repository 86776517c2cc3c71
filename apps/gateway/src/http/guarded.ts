import type { Principal } from '@slipstream/contracts';
import type { SendError } from '@slipstream/http';
import type { Authenticator } from '@slipstream/access';
import type { RequestHandler } from './listener.js';

/**
 * Lets a request on to `handle` only with a principal, which is then in its context.
 * @param refuse answers the others, in the shape of their API
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
