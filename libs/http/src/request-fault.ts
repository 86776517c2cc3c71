import type { IncomingMessage } from 'node:http';
import { expectationFault } from './expectation.js';
import { framingFault } from './framing-fault.js';
import { headSizeFault } from './head-size-fault.js';
import { keyFault } from './key-fault.js';
import { hostFault } from './host-fault.js';
import { forbiddenMethod, unknownMethod } from './method-fault.js';
import { targetFault } from './target-fault.js';

/** Why a request must be refused, whoever it is for. */
export interface RequestFault {
  status: number;
  code: string;
  /** For the client. */
  detail: string;
}

/**
 * The first that finds something decides. Those of 400 are what two servers on the way could read differently, and so
 * be made to see two different requests.
 */
const CHECKS: readonly [status: number, code: string, check: (request: IncomingMessage) => string | undefined][] = [
  [431, 'headers_too_large', headSizeFault],
  [400, 'invalid_framing', framingFault],
  [400, 'invalid_host', hostFault],
  [400, 'invalid_target', targetFault],
  [400, 'key_in_url', keyFault],
  [405, 'method_not_allowed', forbiddenMethod],
  [501, 'method_unknown', unknownMethod],
  [417, 'expectation_failed', expectationFault],
];

/** @returns why a listener must refuse a request before anything handles it; undefined when it need not */
export function requestFault(request: IncomingMessage): RequestFault | undefined {
  for (const [status, code, check] of CHECKS) {
    const detail = check(request);
    if (detail !== undefined) return { status, code, detail };
  }
  return undefined;
}
