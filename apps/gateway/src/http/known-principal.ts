import type { IncomingMessage } from 'node:http';
import type { Principal } from '@slipstream/contracts';
import { findContext } from './request-context.js';

const PRINCIPAL = Symbol('principal');
type Known = IncomingMessage & { [PRINCIPAL]?: Principal };

/** Stores the caller of a request on the management listener, which has no request context. */
export const setPrincipal = (request: Known, principal: Principal): void => void (request[PRINCIPAL] = principal);

/** Returns the caller of a request on either listener; undefined if no key is required. */
export const findPrincipal = (request: Known): Principal | undefined =>
  request[PRINCIPAL] ?? findContext(request)?.principal;
