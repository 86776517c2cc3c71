import type { IncomingMessage } from 'node:http';
import { InvalidInputError, type ErrorCode, type SlipstreamError } from '@slipstream/contracts';
import { expectationViolation } from './expectation.js';
import { framingViolation } from './framing-violation.js';
import { headSizeViolation } from './head-size-violation.js';
import { keyViolation } from './key-violation.js';
import { hostViolation } from './host-violation.js';
import { ALLOWED_METHODS, forbiddenMethod, unknownMethod } from './method-violation.js';
import { targetViolation } from './target-violation.js';

/**
 * The first that finds something decides. Those of 400 are what two servers on the way could read differently, and so
 * be made to see two different requests.
 */
const CHECKS: readonly [code: ErrorCode, check: (request: IncomingMessage) => string | undefined][] = [
  ['headers_too_large', headSizeViolation],
  ['invalid_framing', framingViolation],
  ['invalid_host', hostViolation],
  ['invalid_target', targetViolation],
  ['key_in_url', keyViolation],
  ['method_not_allowed', forbiddenMethod],
  ['method_unknown', unknownMethod],
  ['expectation_failed', expectationViolation],
];

const HEADERS: Partial<Record<ErrorCode, Record<string, string>>> = { method_not_allowed: { allow: ALLOWED_METHODS } };

/** @returns why a listener must refuse a request before anything handles it; undefined when it need not */
export function requestViolation(request: IncomingMessage): SlipstreamError | undefined {
  for (const [code, check] of CHECKS) {
    const detail = check(request);
    if (detail !== undefined) return new InvalidInputError(code, detail, { headers: HEADERS[code] });
  }
  return undefined;
}
