import type { IncomingMessage } from 'node:http';
import type { Principal } from '@slipstream/contracts';
import { findContext } from './request-context.js';

const PRINCIPAL = Symbol('principal');
type Known = IncomingMessage & { [PRINCIPAL]?: Principal };

/** Notes the caller of a request of the management listener, which has no request context. */
export const setPrincipal = (request: Known, principal: Principal): void => void (request[PRINCIPAL] = principal);

/** The caller of a request of either listener; undefined where no key is asked for. */
export const findPrincipal = (request: Known): Principal | undefined =>
  request[PRINCIPAL] ?? findContext(request)?.principal;
