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
 * The first check that finds a violation decides. The 400 checks find requests that two servers could read differently.
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

/** @returns the reason for which a listener must refuse a request before any handler; undefined if there is none */
export function requestViolation(request: IncomingMessage): SlipstreamError | undefined {
  for (const [code, check] of CHECKS) {
    const detail = check(request);
    if (detail !== undefined) return new InvalidInputError(code, detail, { headers: HEADERS[code] });
  }
  return undefined;
}
