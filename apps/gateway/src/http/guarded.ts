import type { Principal } from '@slipstream/contracts';
import type { SendError } from '@slipstream/http';
import type { Authenticator } from '@slipstream/access';
import type { RequestHandler } from './listener-options.js';

/** Answer to a request without a principal. */
export interface Refusal {
  /** Answers it in the shape of its API. */
  refuse: SendError;
  onRefused: (error: unknown, clientAddress: string) => void;
}

/** Calls `handle` only for requests with a principal, and puts it into their context. */
export const guarded =
  (authenticator: Authenticator, handle: RequestHandler, { refuse, onRefused }: Refusal): RequestHandler =>
  (request, response, context) => {
    const letOn = (principal: Principal): void => {
      context.principal = principal;
      handle(request, response, context);
    };
    void authenticator.authenticate(request).then(letOn, (error: unknown) => {
      onRefused(error, context.clientAddress);
      refuse(response, error, context.requestId);
    });
  };
